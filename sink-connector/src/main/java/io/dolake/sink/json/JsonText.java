/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

/** Finds its way in JSON without reading it. */
final class JsonText {
    private JsonText() {}

    /**
     * Where the object that starts here ends, or -1 if none starts here or it does not end. What is no JSON at all may get
     * an end; who reads it will see.
     */
    static int endOfObject(byte[] text, int from) {
        if (from >= text.length || text[from] != '{') {
            return -1;
        }
        int depth = 0;
        boolean isInString = false;
        for (int i = from; i < text.length; i++) {
            byte c = text[i];
            if (isInString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    isInString = false;
                }
            } else if (c == '"') {
                isInString = true;
            } else if (c == '{' || c == '[') {
                depth++;
            } else if ((c == '}' || c == ']') && --depth == 0) {
                return i + 1;
            }
        }
        return -1;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

/** Finds positions in JSON text without parsing it. */
final class JsonText {
    /** Number of digits of the largest long. */
    private static final int LONG_DIGITS = 19;
    /** Number of digits of the exponent of the largest double. */
    private static final int EXPONENT_DIGITS = 3;

    private JsonText() {}

    /**
     * Where the object that starts here ends, or -1 if none starts here or it does not end. Invalid JSON may get an
     * end; its parser finds the error.
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

    /**
     * Whether there may be a number that exceeds a long or a double: one with many digits, or with an exponent of as
     * many digits as exceed a double. This may be a false alarm; the parser finds out.
     */
    static boolean mayHaveLargeNumber(byte[] text) {
        int digits = 0;
        int ofExponent = -1;
        for (byte c : text) {
            if (c >= '0' && c <= '9') {
                digits++;
                if (digits >= LONG_DIGITS || ofExponent >= 0 && ++ofExponent >= EXPONENT_DIGITS) {
                    return true;
                }
            } else if ((c == 'e' || c == 'E') && digits > 0) {
                ofExponent = 0;
                digits = 0;
            } else if (c != '+' || ofExponent != 0) {
                ofExponent = -1;
                digits = 0;
            }
        }
        return false;
    }
}

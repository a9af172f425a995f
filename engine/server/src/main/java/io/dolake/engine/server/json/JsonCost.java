/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.json;

/**
 * What a request in JSON takes on the heap once it is read, told from its text before that: two bytes may become a node, a
 * number and a place in a list. Not thread-safe.
 */
public final class JsonCost {
    /** A node, the value that is made of it, and where both are held. */
    private static final int VALUE_BYTES = 64;

    private boolean inText;
    private boolean escaped;

    /** Of the next characters of the request. */
    private long take(int c) {
        if (inText) {
            inText = escaped || c != '"';
            escaped = !escaped && c == '\\';
            return 1;
        }
        inText = c == '"';
        return c == ',' || c == '[' || c == '{' ? 1 + VALUE_BYTES : 1;
    }

    public long take(byte[] bytes, int length) {
        long cost = 0;
        for (int i = 0; i < length; i++) {
            cost += take(bytes[i]);
        }
        return cost;
    }

    /** Of a whole request. */
    public static long of(String text) {
        JsonCost json = new JsonCost();
        long cost = 0;
        for (int i = 0; i < text.length(); i++) {
            cost += json.take(text.charAt(i));
        }
        return cost;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.json;

/**
 * Estimates from the text of a JSON request how much heap it takes once it is parsed: two bytes may become a node, a
 * number and a place in a list. Not thread-safe.
 */
public final class JsonCost {
    /** Bytes for a node, the value made of it, and the references to both. */
    private static final int VALUE_BYTES = 64;

    private boolean inText;
    private boolean escaped;

    /** The cost of the next characters of the request. */
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

    /** The cost of a whole request. */
    public static long of(String text) {
        JsonCost json = new JsonCost();
        long cost = 0;
        for (int i = 0; i < text.length(); i++) {
            cost += json.take(text.charAt(i));
        }
        return cost;
    }
}

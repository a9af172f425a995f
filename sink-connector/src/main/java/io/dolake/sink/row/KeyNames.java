/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import java.util.List;

/** Names of key columns, compared. */
public final class KeyNames {
    private KeyNames() {}

    /** Whether a key is another one with fewer columns, but at least one. */
    public static boolean isPart(List<String> part, List<String> whole) {
        return !part.isEmpty() && part.size() < whole.size() && whole.containsAll(part);
    }

    /** Whether one of the keys is a part of the other. */
    public static boolean areParts(List<String> one, List<String> other) {
        return isPart(one, other) || isPart(other, one);
    }
}

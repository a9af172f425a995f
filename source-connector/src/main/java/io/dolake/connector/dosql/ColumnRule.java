/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.List;

/**
 * The rules for one column.
 *
 * @param lists the include or exclude list that excludes the column, if there is one
 * @param masks the settings that replace each value by a text
 * @param mask the mask; only if there is just one
 * @param truncates the settings that shorten text and blobs
 * @param length the length to which they shorten
 * @param effect distinguishes masks with different results, without their salt
 */
record ColumnRule(
        List<String> lists, List<String> masks, ValueMask mask, List<String> truncates, int length, String effect) {
    static final ColumnRule NONE =
            new ColumnRule(List.of(), List.of(), ValueMask.NONE, List.of(), Integer.MAX_VALUE, "");

    static ColumnRule excludedBy(String list) {
        return new ColumnRule(List.of(list), List.of(), ValueMask.NONE, List.of(), Integer.MAX_VALUE, "");
    }

    boolean isExcluded() {
        return !lists.isEmpty();
    }

    /** Whether it is sent as text, whatever its declared type, because a mask replaces each value. */
    boolean isMasked() {
        return !masks.isEmpty();
    }

    /** Whether this rule withholds everything that the other withholds. */
    boolean isAsStrictAs(ColumnRule other) {
        return isExcluded() || (!other.isExcluded() && (isMasked() || !other.isMasked()));
    }

    /** Whether the same is sent for every value. */
    boolean carriesTheSame(ColumnRule other) {
        return isExcluded() == other.isExcluded() && length == other.length && effect.equals(other.effect);
    }

    /** The settings that withhold its values, for messages. */
    String settings() {
        return String.join(" and ", isExcluded() ? lists : masks);
    }
}

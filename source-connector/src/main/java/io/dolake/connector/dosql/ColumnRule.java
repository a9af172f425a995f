/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.List;

/**
 * What leaves of one column.
 *
 * @param lists the include or exclude list, if it keeps the column back: then nothing leaves
 * @param masks the settings by which a text stands for each value
 * @param mask what they do; only where there is just one
 * @param truncates the settings that shorten text and blobs
 * @param length to which they do
 * @param effect tells masks apart that have different results, without their salt
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

    /** Whether it is carried as text, whatever it declares, because a mask stands for each value. */
    boolean isMasked() {
        return !masks.isEmpty();
    }

    /** Whether all that the other keeps back this does too. */
    boolean isAsStrictAs(ColumnRule other) {
        return isExcluded() || (!other.isExcluded() && (isMasked() || !other.isMasked()));
    }

    /** Whether the same leaves of every value. */
    boolean carriesTheSame(ColumnRule other) {
        return isExcluded() == other.isExcluded() && length == other.length && effect.equals(other.effect);
    }

    /** The settings that keep its values back, for messages. */
    String settings() {
        return String.join(" and ", isExcluded() ? lists : masks);
    }
}

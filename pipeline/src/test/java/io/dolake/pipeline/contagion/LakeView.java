/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a table of the lake holds at the moment, as Iceberg's generic reader sees it. */
final class LakeView {
    private LakeView() {}

    /** The values of column id; none if there is no table. */
    static Set<Long> keys(Home home, String namespace, String name) {
        Set<Long> keys = new HashSet<>();
        try (Lake lake = Lake.open(home)) {
            lake.find(namespace, name).ifPresent(table -> {
                int at = table.columns().indexOf("id");
                table.forEach(values -> keys.add(((Number) values[at]).longValue()));
            });
        }
        return keys;
    }

    /** Rows; -1 if there is no table. */
    static long rows(Home home, String namespace, String name) {
        try (Lake lake = Lake.open(home)) {
            Optional<Lake.Snapshot> found = lake.find(namespace, name);
            long[] rows = new long[] {found.isPresent() ? 0 : -1};
            found.ifPresent(table -> table.forEach(values -> ++rows[0] > 0));
            return rows[0];
        }
    }

    /** All values. */
    static String text(Home home, String namespace, String name) {
        StringBuilder text = new StringBuilder();
        try (Lake lake = Lake.open(home)) {
            lake.table(namespace, name)
                    .forEach(values -> text.append(Arrays.toString(values)).length() > 0);
        }
        return text.toString();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tables of the sink as its REST interface tells them, one entry for each task that has met a table. */
final class SinkTables {
    private static final String SUSPENDED = "SUSPENDED";

    private SinkTables() {}

    /** Names of those that are set aside, partitions among them. */
    static Set<String> suspended(List<?> tables) {
        Set<String> names = new LinkedHashSet<>();
        for (Map<?, ?> table : entries(tables)) {
            names.add(String.valueOf(table.get("table")));
        }
        return names;
    }

    /** Says of each that is set aside where, since when, why, and what to do. */
    static void print(List<?> tables, PrintStream out) {
        for (Map<?, ?> table : entries(tables)) {
            out.println("SUSPENDED   " + table.get("table") + " (task " + table.get("task") + ") at "
                    + table.get("position") + " since " + table.get("since"));
            out.println("            " + table.get("code") + ": " + table.get("reason"));
            if (table.get("lagRecords") != null) {
                out.println("            " + table.get("lagRecords") + " changes have come since, all others go on");
            }
            out.println("            " + table.get("remedy"));
        }
    }

    private static List<Map<?, ?>> entries(List<?> tables) {
        List<Map<?, ?>> suspended = new ArrayList<>();
        for (Object table : tables) {
            if (table instanceof Map<?, ?> entry && SUSPENDED.equals(entry.get("state"))) {
                suspended.add(entry);
            }
        }
        return suspended;
    }
}

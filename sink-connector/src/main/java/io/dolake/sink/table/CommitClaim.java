/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets slow committers, tasks as well as maintenance, get their commits through. A commit is valid only if no other one
 * happened while it was prepared, so the fastest writer of a shared table could keep the others out for good. A writer
 * that has lost several races in a row claims the next commit by a table property; the others hold theirs back until
 * the claimed commit is done or its requested time is over. A claim is a courtesy: correctness does not depend on it.
 * Time is measured by the writers that wait, so clocks do not matter.
 */
public final class CommitClaim {
    /** {@code <owner> <ms> <random>} */
    public static final String PROPERTY = "dolake.next-commit";

    private static final Logger LOG = LoggerFactory.getLogger(CommitClaim.class);
    private static final int LOST_RACES = 3;
    /** As a multiple of the duration of the lost attempts. */
    private static final int TIME_FACTOR = 3;

    private static final long LEAST_MS = 200;
    private static final long LONGEST_MS = 30_000;

    private String seenClaim;
    private long seenAtNs;
    private int lost;

    /** Whether another task has claimed the next commit to a table with these properties. */
    public boolean isOthers(Map<String, String> tableProperties, String owner) {
        String claim = tableProperties.get(PROPERTY);
        if (claim == null || claim.startsWith(owner + " ")) {
            seenClaim = null;
            return false;
        }
        if (!claim.equals(seenClaim)) {
            seenClaim = claim;
            seenAtNs = System.nanoTime();
        }
        return System.nanoTime() - seenAtNs < durationMs(claim) * 1_000_000;
    }

    private static long durationMs(String claim) {
        String[] parts = claim.split(" ");
        try {
            return parts.length < 2 ? 0 : Math.min(LONGEST_MS, Long.parseLong(parts[1]));
        } catch (NumberFormatException e) {
            // Not written by a task: it is not waited for.
            return 0;
        }
    }

    /** Registers a lost race and the time its preparation took; claims the next commit if it is time. */
    public void lost(Table table, String owner, long tookNs) {
        lost++;
        if (lost % LOST_RACES != 0) {
            return;
        }
        try {
            table.refresh();
            if (!isOthers(table.properties(), owner)) {
                long ms = Math.min(LONGEST_MS, Math.max(LEAST_MS, tookNs / 1_000_000 * TIME_FACTOR));
                table.updateProperties()
                        .set(PROPERTY, owner + " " + ms + " " + UUID.randomUUID())
                        .commit();
            }
        } catch (RuntimeException e) {
            LOG.debug("Cannot claim the next commit to table {}", table.name(), e);
        }
    }

    public void won() {
        lost = 0;
    }
}

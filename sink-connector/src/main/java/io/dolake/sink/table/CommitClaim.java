/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets slow committers commit too, tasks and maintenance. A commit holds only if no other came while it was prepared, so at a
 * table that several write the quickest could keep the others out for good. Who has lost some races in a row claims the next commit, by
 * a table property; the others hold theirs back until it is through, or until the time that it asked for is over. A claim is
 * a courtesy: that nothing is committed twice does not rest on it. Time is measured by who waits, so clocks do not matter.
 */
public final class CommitClaim {
    /** {@code <owner> <ms> <random>} */
    public static final String PROPERTY = "dolake.next-commit";

    private static final Logger LOG = LoggerFactory.getLogger(CommitClaim.class);
    private static final int LOST_RACES = 3;
    /** In durations of the attempts that were lost. */
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
            // Not written by a task: nobody waits for it.
            return 0;
        }
    }

    /** Says that another commit came before ours, which was prepared for so long; claims the next one if it is time. */
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

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import java.util.List;

/**
 * The result of verifying some segments of a change log.
 *
 * @param segments how many were verified
 * @param archived how many of them are in the archive
 * @param number of events in them
 * @param bytes of their data
 * @param faults in the order of the log
 * @param next where to continue: the id of the last verified segment; 0 at the end of the log
 */
public record LogCheckResult(long segments, long archived, long events, long bytes, List<Fault> faults, long next) {

    /**
     * A fault: data that differs from what was written.
     *
     * @param segment its id; 0 for the log as a whole
     * @param object its object in the archive; null if the segment is in the log
     */
    public record Fault(long segment, String object, String message) {}
}

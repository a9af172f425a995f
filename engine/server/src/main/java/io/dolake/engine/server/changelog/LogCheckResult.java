/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import java.util.List;

/**
 * What a look at some segments of a change log has found.
 *
 * @param segments how many were looked at
 * @param archived how many of them are in the archive
 * @param events in them
 * @param bytes of their data
 * @param faults in the order of the log
 * @param next where to go on: the id of the last segment that was looked at; 0 at the end of the log
 */
public record LogCheckResult(long segments, long archived, long events, long bytes, List<Fault> faults, long next) {

    /**
     * Something that is not as it was written.
     *
     * @param segment its id; 0 for the log as a whole
     * @param object its object in the archive; null if it is in the log
     */
    public record Fault(long segment, String object, String message) {}
}

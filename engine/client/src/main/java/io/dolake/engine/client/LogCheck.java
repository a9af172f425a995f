/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.util.List;

/**
 * The result of verifying some segments of a change log; {@code schemas/SPEC.md}, section 6.
 *
 * @param archived how many of the segments are in the archive
 * @param next id after which to continue; 0 at the end of the log
 */
public record LogCheck(long segments, long archived, long events, long bytes, List<Fault> faults, long next) {

    /**
     * A fault: data that differs from what was written.
     *
     * @param segment its id; 0 for the log as a whole
     * @param object its object in the archive; null if the segment is in the log
     */
    public record Fault(long segment, String object, String message) {}
}

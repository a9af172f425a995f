/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

/** A number of segments and their bytes. */
public record LogSize(long segments, long bytes) {
    LogSize plus(LogSize more) {
        return new LogSize(segments + more.segments, bytes + more.bytes);
    }
}

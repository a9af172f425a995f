/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.changelog;

import io.dolake.schemas.DoLakeException;
import java.time.Instant;

/**
 * The status of the archive of segments.
 *
 * @param error null if the archive works
 */
public record ArchiveStatus(String location, long segments, long bytes, DoLakeException error, Instant retryAt) {}

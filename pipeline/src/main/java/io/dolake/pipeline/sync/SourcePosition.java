/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.Lsn;
import java.util.Optional;

/**
 * How far the source connector has sent a database, by its committed offset.
 *
 * @param lsn every transaction up to it is in Kafka, whole
 * @param snapshotting whether tables are still to be read, all or some, so that the LSN promises nothing yet
 */
public record SourcePosition(String epoch, Lsn lsn, boolean snapshotting) {

    /** @param offsets as the worker's REST interface lists them */
    static Optional<SourcePosition> of(JsonNode offsets, String database) {
        for (JsonNode entry : offsets) {
            JsonNode offset = entry.path("offset");
            if (entry.path("partition").path("database").asText().equals(database) && offset.isObject()) {
                boolean snapshotting = offset.hasNonNull("snapshot")
                                && !offset.path("snapshot_completed").asBoolean(false)
                        || offset.path("resend").asText().contains("\"pending\"");
                return Optional.of(new SourcePosition(
                        offset.path("epoch").asText(),
                        Lsn.parse(offset.path("lsn").asText("0")),
                        snapshotting));
            }
        }
        return Optional.empty();
    }

    boolean hasSent(String epochOfTarget, Lsn target) {
        return !snapshotting && epoch.equals(epochOfTarget) && !lsn.isBefore(target);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Pipeline;
import java.util.Optional;

/** The committed offsets of the source connector, read at once. */
public final class SourcePositions {
    private final JsonNode offsets;

    private SourcePositions(JsonNode offsets) {
        this.offsets = offsets;
    }

    public static SourcePositions read(ConnectRest connect) {
        return new SourcePositions(connect.offsets(Pipeline.SOURCE));
    }

    public Optional<SourcePosition> of(String database) {
        return SourcePosition.of(offsets, database);
    }
}

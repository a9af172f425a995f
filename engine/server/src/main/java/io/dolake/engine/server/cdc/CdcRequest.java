/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.schemas.Lsn;
import java.util.ArrayList;
import java.util.List;

/**
 * What a consumer subscribes to.
 *
 * @param epoch null for any epoch
 * @param tables empty for all
 */
public record CdcRequest(
        Lsn fromLsn, String epoch, List<String> tables, int maxBatchEvents, int maxBatchBytes, String consumer) {
    private static final List<String> FIELDS =
            List.of("type", "fromLsn", "epoch", "tables", "maxBatchEvents", "maxBatchBytes", "consumer");
    private static final int DEFAULT_EVENTS = 2_048;
    private static final int DEFAULT_BYTES = 1 << 20;
    private static final int MIN_BYTES = 64 << 10;
    /** The largest batch, whatever a consumer asks for; only a single event may be larger. */
    private static final int BATCH_PART_OF_HEAP = 256;

    public static CdcRequest read(JsonNode node, ServerConfig config, String id) {
        JsonReader.known(node, FIELDS);
        String consumer = JsonReader.text(node, "consumer");
        long maxBytes = Math.max(MIN_BYTES, Runtime.getRuntime().maxMemory() / BATCH_PART_OF_HEAP);
        return new CdcRequest(
                Lsn.parse(JsonReader.requiredText(node, "fromLsn")),
                JsonReader.text(node, "epoch"),
                tables(node.get("tables")),
                (int) JsonReader.number(
                        node, "maxBatchEvents", DEFAULT_EVENTS, 1, config.limit(Limit.CDC_MAX_BATCH_EVENTS)),
                (int) Math.min(
                        maxBytes,
                        JsonReader.number(
                                node, "maxBatchBytes", DEFAULT_BYTES, 1, config.limit(Limit.CDC_MAX_BATCH_BYTES))),
                consumer == null ? id : consumer);
    }

    private static List<String> tables(JsonNode node) {
        if (node == null || node.isNull()) {
            return List.of();
        }
        List<String> tables = new ArrayList<>();
        for (JsonNode table : node) {
            if (!table.isTextual()) {
                throw JsonReader.invalid("tables", "an entry is not a string");
            }
            tables.add(table.textValue());
        }
        if (!node.isArray()) {
            throw JsonReader.invalid("tables", "it is not an array");
        }
        return tables;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import java.util.Map;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/** What messages look like, and which converter reads them, for every sink. */
enum Format {
    /** JSON with schemas, read by the DoLake sink's converter. */
    DOLAKE("dolake", true, "io.dolake.sink.json.SchemaCachingJsonConverter"),
    /** JSON with schemas, read by Kafka's converter. */
    JSON_SCHEMAS("json-schemas", true, "org.apache.kafka.connect.json.JsonConverter"),
    /** JSON without schemas, read by Kafka's converter: rows are maps, of fewer types. */
    JSON("json", false, "org.apache.kafka.connect.json.JsonConverter");

    private final String text;
    private final boolean hasSchemas;
    private final String converter;

    Format(String text, boolean hasSchemas, String converter) {
        this.text = text;
        this.hasSchemas = hasSchemas;
        this.converter = converter;
    }

    static Format of(String text) {
        for (Format format : values()) {
            if (format.text.equals(text)) {
                return format;
            }
        }
        throw new IllegalArgumentException("Cannot use converter=" + text + ": expected dolake, json-schemas or json");
    }

    /** What makes messages. */
    Converter writer(boolean isKey) {
        JsonConverter writer = new JsonConverter();
        writer.configure(settings(""), isKey);
        return writer;
    }

    /** Settings of a connector that reads the messages. */
    void configure(Map<String, String> connector) {
        for (String prefix : new String[] {"key.converter", "value.converter"}) {
            connector.put(prefix, converter);
            connector.putAll(settings(prefix + "."));
        }
    }

    private Map<String, String> settings(String prefix) {
        // Without a schema nothing would tell a decimal in the default format, base64, from a text.
        return Map.of(
                prefix + "schemas.enable",
                Boolean.toString(hasSchemas),
                prefix + "decimal.format",
                hasSchemas ? "BASE64" : "NUMERIC");
    }
}

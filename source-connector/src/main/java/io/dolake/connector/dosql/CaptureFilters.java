/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.config.Configuration;
import io.debezium.config.Field;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.TableId;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings that say which tables are captured, as they stand in the offset of a database: a table that they let through
 * now and did not then was passed over in between, and has to be read anew. Empty where all tables are captured. The filters of
 * databases are not among them: the offset of a database that is left out stands still.
 */
final class CaptureFilters {
    private static final List<Field> FIELDS = List.of(
            RelationalDatabaseConnectorConfig.TABLE_INCLUDE_LIST, RelationalDatabaseConnectorConfig.TABLE_EXCLUDE_LIST);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CaptureFilters() {}

    /** As they are now. */
    static String of(Configuration config) {
        Map<String, String> set = new TreeMap<>();
        for (Field field : FIELDS) {
            String value = config.getString(field);
            if (value != null && !value.isBlank()) {
                set.put(field.name(), value);
            }
        }
        try {
            return set.isEmpty() ? "" : MAPPER.writeValueAsString(set);
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot write offset: " + e.getOriginalMessage(), e);
        }
    }

    /** The tables among those that are captured now and were not under the filters of an offset. */
    static List<TableId> takenIn(DoSqlConnectorConfig now, String then, List<TableId> tables) {
        if (then.equals(of(now.getConfig()))) {
            return List.of();
        }
        Map<String, String> settings = new HashMap<>(now.getConfig().asMap());
        FIELDS.forEach(field -> settings.remove(field.name()));
        settings.putAll(settings(then));
        DoSqlConnectorConfig before = new DoSqlConnectorConfig(Configuration.from(settings));
        return tables.stream()
                .filter(table -> now.getTableFilters().dataCollectionFilter().isIncluded(table))
                .filter(table ->
                        !before.getTableFilters().dataCollectionFilter().isIncluded(table))
                .toList();
    }

    private static Map<String, String> settings(String then) {
        try {
            return then.isEmpty() ? Map.of() : MAPPER.readValue(then, new TypeReference<Map<String, String>>() {});
        } catch (JsonProcessingException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read offset: 'filters' is " + then + ", expected a JSON object of setting to value",
                    e);
        }
    }
}

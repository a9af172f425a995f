/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.config.Configuration;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings that determine what is sent of which table, as stored in the offset of a database. If they have changed,
 * rows that were sent before differ from what they would be now, and have to be read again. Salts are stored as a few
 * bytes of a digest. Empty where no such setting is made. Filters of databases are not included: the offset of an
 * excluded database does not move.
 */
final class CaptureFilters {
    /**
     * If the settings are longer than this together, the offset stores their digest, which only shows whether they
     * changed.
     */
    static final int MAX_LENGTH = 1 << 16;

    private static final String DIGEST = "sha256:";
    private static final String INCLUDE = RelationalDatabaseConnectorConfig.TABLE_INCLUDE_LIST.name();
    private static final String EXCLUDE = RelationalDatabaseConnectorConfig.TABLE_EXCLUDE_LIST.name();
    private static final String KEYS = RelationalDatabaseConnectorConfig.MSG_KEY_COLUMNS.name();
    private static final String DECIMALS = DoSqlConnectorConfig.DECIMAL_MODE.name();
    private static final String BINARIES = RelationalDatabaseConnectorConfig.BINARY_HANDLING_MODE.name();
    private static final String NAMES = RelationalDatabaseConnectorConfig.FIELD_NAME_ADJUSTMENT_MODE.name();
    private static final String SKIPPED = DoSqlConnectorConfig.SKIPPED.name();

    /** Settings without a parameter in their name, each with the value that is equivalent to not setting it. */
    private static final Map<String, String> PLAIN = Map.of(
            INCLUDE,
            "",
            EXCLUDE,
            "",
            RelationalDatabaseConnectorConfig.COLUMN_INCLUDE_LIST.name(),
            "",
            RelationalDatabaseConnectorConfig.COLUMN_EXCLUDE_LIST.name(),
            "",
            KEYS,
            "",
            DECIMALS,
            DoSqlConnectorConfig.DECIMAL_MODE.defaultValueAsString(),
            BINARIES,
            RelationalDatabaseConnectorConfig.BINARY_HANDLING_MODE.defaultValueAsString(),
            NAMES,
            "none",
            SKIPPED,
            DoSqlConnectorConfig.SKIPPED.defaultValueAsString());

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CaptureFilters() {}

    /** The current settings. */
    static String of(Configuration config) {
        Map<String, String> set = new TreeMap<>();
        config.asMap().forEach((name, value) -> {
            boolean counts =
                    PLAIN.containsKey(name) ? !value.equalsIgnoreCase(PLAIN.get(name)) : ColumnRules.isSetting(name);
            if (counts && !value.isBlank()) {
                set.put(ColumnRules.withoutSalt(name), value);
            }
        });
        try {
            String text = set.isEmpty() ? "" : MAPPER.writeValueAsString(set);
            return text.length() <= MAX_LENGTH ? text : digest(text);
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot write offset: " + e.getOriginalMessage(), e);
        }
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return DIGEST + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * The tables among the captured ones whose rows were sent otherwise, or not at all, under the settings of an
     * offset; each with what was different.
     */
    static Map<TableId, String> changed(
            DoSqlConnectorConfig now, String then, String database, List<TableSchema> tables) {
        String here = of(now.getConfig());
        Map<TableId, String> changed = new LinkedHashMap<>();
        if (then.equals(here)) {
            return changed;
        }
        boolean unknown = then.startsWith(DIGEST) || here.startsWith(DIGEST);
        Difference difference = unknown ? null : new Difference(now, settings(then), settings(here));
        for (TableSchema table : tables) {
            TableId id = new TableId(database, null, table.name());
            if (now.getTableFilters().dataCollectionFilter().isIncluded(id)) {
                Optional<String> why = unknown
                        ? Optional.of("the settings of tables and columns were different")
                        : difference.of(id, table);
                why.ifPresent(reason -> changed.put(id, reason));
            }
        }
        return changed;
    }

    /** @throws DoLakeException INVALID_ARGUMENT if it is invalid */
    static void check(String then) {
        if (!then.startsWith(DIGEST)) {
            new Difference(null, settings(then), Map.of());
        }
    }

    private static Map<String, String> settings(String then) {
        if (then.isEmpty()) {
            return Map.of();
        }
        try {
            Map<String, String> settings = MAPPER.readValue(then, new TypeReference<HashMap<String, String>>() {});
            if (settings == null || settings.containsValue(null)) {
                throw unreadable(then, null);
            }
            return settings;
        } catch (JsonProcessingException e) {
            throw unreadable(then, e);
        }
    }

    private static DoLakeException unreadable(String then, Exception e) {
        return new DoLakeException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot read offset: 'filters' is " + then + ", expected a JSON object of setting to value",
                e);
    }

    /** Compares two sets of settings. */
    private static final class Difference {
        private final Map<String, String> before;
        private final Map<String, String> here;
        private final DoSqlConnectorConfig configBefore;
        private final ColumnRules rulesBefore;
        private final ColumnRules rules;

        Difference(DoSqlConnectorConfig now, Map<String, String> before, Map<String, String> here) {
            this.before = before;
            this.here = here;
            try {
                this.rulesBefore = new ColumnRules(Configuration.from(before));
                this.configBefore = now == null ? null : withFilters(now, before);
            } catch (RuntimeException e) {
                throw unreadable(before.toString(), e);
            }
            // both from settings without salts, so that they are comparable
            this.rules = new ColumnRules(Configuration.from(here));
        }

        private static DoSqlConnectorConfig withFilters(DoSqlConnectorConfig now, Map<String, String> before) {
            Map<String, String> settings = new HashMap<>(now.getConfig().asMap());
            for (String list : List.of(INCLUDE, EXCLUDE)) {
                settings.remove(list);
                if (before.containsKey(list)) {
                    settings.put(list, before.get(list));
                }
            }
            return new DoSqlConnectorConfig(Configuration.from(settings));
        }

        /** What was different for the table; empty if nothing was. */
        Optional<String> of(TableId id, TableSchema table) {
            if (!configBefore.getTableFilters().dataCollectionFilter().isIncluded(id)) {
                return Optional.of("table.include.list or table.exclude.list excluded it before");
            }
            List<String> columns = columns(id, table);
            if (!columns.isEmpty()) {
                return Optional.of("the settings of columns were different for " + String.join(", ", columns));
            }
            if (!rulesBefore.messageKey(id.catalog(), id.table()).equals(rules.messageKey(id.catalog(), id.table()))) {
                return Optional.of(KEYS + " was different");
            }
            if (isOther(NAMES)) {
                return Optional.of(NAMES + " was different");
            }
            if (isOther(DECIMALS) && has(table, ColumnType.DECIMAL)) {
                return Optional.of(DECIMALS + " was different");
            }
            if (isOther(BINARIES) && has(table, ColumnType.BYTES)) {
                return Optional.of(BINARIES + " was different");
            }
            return leavesLessOut() ? Optional.of(SKIPPED + " left changes out before") : Optional.empty();
        }

        private List<String> columns(TableId id, TableSchema table) {
            List<String> columns = new ArrayList<>();
            for (ColumnSchema column : table.columns()) {
                ColumnRule then = rulesBefore.of(id.catalog(), id.table(), column.name());
                if (column.isStored() && !then.carriesTheSame(rules.of(id.catalog(), id.table(), column.name()))) {
                    columns.add(column.name());
                }
            }
            return columns;
        }

        private boolean isOther(String setting) {
            return !before.getOrDefault(setting, "").equalsIgnoreCase(here.getOrDefault(setting, ""));
        }

        private static boolean has(TableSchema table, ColumnType type) {
            return table.columns().stream().anyMatch(column -> ColumnType.of(column, table.strict()) == type);
        }

        private boolean leavesLessOut() {
            List<String> left = operations(before);
            left.removeAll(operations(here));
            return !left.isEmpty();
        }

        private static List<String> operations(Map<String, String> settings) {
            return new ArrayList<>(
                    Arrays.stream(settings.getOrDefault(SKIPPED, "").split(","))
                            .map(String::strip)
                            .filter(operation -> !operation.isEmpty() && !operation.equalsIgnoreCase("none"))
                            .toList());
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.types.ConnectFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.iceberg.catalog.TableIdentifier;

/** Determines the tables of a record: from a list, from the value of a field, or from a template. */
public final class RecordRouter {
    /**
     * What is known of a record.
     *
     * @param source source block of an envelope, null for other records
     * @param value the whole value, or the key of a record that has none
     * @param row the row in it; may be the value itself
     */
    record Origin(String topic, Object source, Object value, Object row) {}

    private final TableNames template;
    private final Map<TableIdentifier, Pattern> tables;
    private final String routeField;
    private final List<TableIdentifier> listed;
    private final boolean isDynamic;

    public RecordRouter(SinkConfig config) {
        template = new TableNames(config.tableTemplate());
        tables = InputConfig.tables(config);
        listed = List.copyOf(tables.keySet());
        routeField = config.routeField();
        isDynamic = config.routesDynamically();
    }

    /** The tables, none if no table wants the record; {@code TABLE_NOT_FOUND} if they cannot be determined. */
    List<TableIdentifier> tables(Origin origin) {
        if (!routeField.isEmpty()) {
            return byField(origin);
        }
        return tables.isEmpty() ? List.of(template.tableOf(origin)) : listed;
    }

    /** Whether names decide, and not a list or a field of the record. */
    public boolean isByTemplate() {
        return routeField.isEmpty() && tables.isEmpty();
    }

    /** The table that follows from the name of a topic alone. */
    public Optional<TableIdentifier> tableOfTopic(String topic) {
        if (!routeField.isEmpty() || !tables.isEmpty()) {
            return tables.keySet().stream().findFirst();
        }
        try {
            return Optional.of(template.tableOf(new Origin(topic, null, null, null)));
        } catch (DoLakeException e) {
            return Optional.empty();
        }
    }

    private List<TableIdentifier> byField(Origin origin) {
        Object inValue = ConnectFields.path(origin.value(), routeField);
        Object route = inValue == null ? ConnectFields.path(origin.row(), routeField) : inValue;
        if (route == null) {
            throw new DoLakeException(
                            ErrorCode.TABLE_NOT_FOUND,
                            "Cannot name the table of a record: its field " + routeField + " is absent or null")
                    .withHint("For tombstones the field must be in the key; " + InputConfig.ROUTE_FIELD + " names it");
        }
        String text = route.toString();
        if (isDynamic) {
            return List.of(dynamic(text.toLowerCase(Locale.ROOT)));
        }
        List<TableIdentifier> matching = new ArrayList<>();
        tables.forEach((table, regex) -> {
            if (regex.matcher(text).matches()) {
                matching.add(table);
            }
        });
        return matching;
    }

    private TableIdentifier dynamic(String name) {
        if (name.indexOf('.') <= 0 || name.endsWith(".") || name.contains("..")) {
            throw new DoLakeException(
                    ErrorCode.TABLE_NOT_FOUND,
                    "Cannot name the table of a record: '" + name + "' in field " + routeField
                            + " is not namespace.table");
        }
        return TableIdentifier.parse(name);
    }
}

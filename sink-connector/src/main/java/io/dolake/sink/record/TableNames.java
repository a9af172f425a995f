/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableTemplate;
import io.dolake.sink.types.ConnectFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * Names tables by a template such as <code>{schema|db}.{table}</code>, from the source block of the envelope, or, for
 * records without one, from their topic as Debezium names topics. Dots of the template separate levels; dots in a
 * source name stay part of the name.
 */
final class TableNames {
    /** Number of names remembered before all are forgotten. */
    private static final int MAX_NAMES = 10_000;

    private final TableTemplate template;
    private final Map<List<String>, TableIdentifier> known = new HashMap<>();

    private List<String> lastNames;
    private TableIdentifier last;

    TableNames(String template) {
        this.template = TableTemplate.parse(template);
    }

    /** The table of a record; {@code TABLE_NOT_FOUND} if it lacks a field of the template. */
    TableIdentifier tableOf(RecordRouter.Origin origin) {
        List<String> names = new ArrayList<>(template.levels().size());
        for (List<TableTemplate.Part> level : template.levels()) {
            if (level.isEmpty()) {
                names.addAll(List.of(origin.topic().split("\\.", -1)));
            } else {
                names.add(name(level, origin));
            }
        }
        if (names.equals(lastNames)) {
            return last; // of new strings a hash takes longer than a comparison
        }
        TableIdentifier table = known.get(names);
        if (table == null) {
            table = identifier(names, origin);
            if (known.size() >= MAX_NAMES) {
                known.clear();
            }
            known.put(names, table);
        }
        lastNames = names;
        last = table;
        return table;
    }

    private String name(List<TableTemplate.Part> level, RecordRouter.Origin origin) {
        if (level.size() == 1) {
            return text(level.get(0), origin);
        }
        StringBuilder name = new StringBuilder();
        level.forEach(part -> name.append(text(part, origin)));
        return name.toString();
    }

    private String text(TableTemplate.Part part, RecordRouter.Origin origin) {
        return part.text() == null ? field(origin, part.fields()) : part.text();
    }

    private TableIdentifier identifier(List<String> names, RecordRouter.Origin origin) {
        int last = names.size() - 1;
        if (last < 1 || names.contains("")) {
            throw new DoLakeException(
                            ErrorCode.TABLE_NOT_FOUND,
                            "Cannot name the table of topic " + origin.topic() + " by template " + template.text()
                                    + ": that gives " + names + ", and a table needs a namespace")
                    .withHint("Put a namespace into " + SinkConfig.TABLE_TEMPLATE + ", such as lake.{topic}");
        }
        return TableIdentifier.of(Namespace.of(names.subList(0, last).toArray(String[]::new)), names.get(last));
    }

    private String field(RecordRouter.Origin origin, List<String> alternatives) {
        for (String name : alternatives) {
            Object value = origin.source() == null ? flat(origin, name) : ConnectFields.get(origin.source(), name);
            if (value != null && !value.toString().isEmpty()) {
                return value.toString();
            }
        }
        throw new DoLakeException(
                ErrorCode.TABLE_NOT_FOUND,
                "Cannot name the table of a change: "
                        + (origin.source() == null
                                ? "neither its row nor its topic " + origin.topic() + " names "
                                : "its source block has no field ")
                        + String.join("|", alternatives) + " for template " + template.text());
    }

    /** Without a source block: the column that ExtractNewRecordState adds for it, else the part of the topic's name. */
    private static Object flat(RecordRouter.Origin origin, String name) {
        Object added = ConnectFields.get(origin.row(), "__" + name);
        String[] parts = origin.topic().split("\\.");
        if (added != null || name.equals("topic")) {
            return added == null ? origin.topic() : added;
        }
        return switch (name) {
            case "table" -> parts.length < 2 ? null : parts[parts.length - 1];
            case "schema", "db" -> parts.length < 2 ? null : parts[parts.length - 2];
            default -> null;
        };
    }
}

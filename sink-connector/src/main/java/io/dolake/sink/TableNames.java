/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Struct;

/**
 * Names tables after the source block of the envelope, by a template such as <code>{schema|db}.{table}</code>. Dots of
 * the template separate levels; dots in a source name stay part of the name.
 */
final class TableNames {
    static final ConfigDef.Validator VALIDATOR = ConfigDef.LambdaValidator.with(
            (name, value) -> {
                try {
                    new TableNames(String.valueOf(value));
                } catch (IllegalArgumentException e) {
                    throw new ConfigException(name, value, e.getMessage());
                }
            },
            () -> "levels separated by dots, fields in braces");

    private static final Pattern FIELD = Pattern.compile("\\{([A-Za-z0-9_|]+)}");

    private final String template;
    private final List<String> levels;

    TableNames(String template) {
        this.template = template;
        this.levels = List.of(template.split("\\.", -1));
        if (levels.size() < 2) {
            throw new IllegalArgumentException("a table needs a namespace: at least two levels");
        }
        for (String level : levels) {
            String plain = FIELD.matcher(level).replaceAll("");
            if (level.isEmpty() || plain.contains("{") || plain.contains("}")) {
                throw new IllegalArgumentException("level '" + level + "' is neither text nor {field}");
            }
        }
    }

    /** The table of a change with this source block; {@code TABLE_NOT_FOUND} if the block lacks a field. */
    TableIdentifier tableOf(Struct source) {
        List<String> names = new ArrayList<>(levels.size());
        for (String level : levels) {
            Matcher matcher = FIELD.matcher(level);
            StringBuilder name = new StringBuilder();
            while (matcher.find()) {
                matcher.appendReplacement(name, Matcher.quoteReplacement(field(source, matcher.group(1))));
            }
            matcher.appendTail(name);
            names.add(name.toString());
        }
        int last = names.size() - 1;
        return TableIdentifier.of(Namespace.of(names.subList(0, last).toArray(String[]::new)), names.get(last));
    }

    private String field(Struct source, String alternatives) {
        for (String name : alternatives.split("\\|")) {
            Field field = source == null ? null : source.schema().field(name);
            Object value = field == null ? null : source.getWithoutDefault(name);
            if (value != null && !value.toString().isEmpty()) {
                return value.toString();
            }
        }
        throw new DoLakeException(
                ErrorCode.TABLE_NOT_FOUND,
                "Cannot name the table of a change: its source block has no field " + alternatives + " for template "
                        + template);
    }
}

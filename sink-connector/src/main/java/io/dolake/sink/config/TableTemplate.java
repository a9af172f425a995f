/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * A template for names of tables such as <code>{schema|db}.{table}</code>.
 *
 * @param text as given
 * @param levels levels of namespace and table, each a list of parts; an empty one stands for the levels of the topic's
 *     name
 */
public record TableTemplate(String text, List<List<Part>> levels) {
    static final ConfigDef.Validator VALIDATOR = ConfigDef.LambdaValidator.with(
            (name, value) -> {
                try {
                    parse(String.valueOf(value));
                } catch (IllegalArgumentException e) {
                    throw new ConfigException(name, value, e.getMessage());
                }
            },
            () -> "levels separated by dots, fields in braces");

    /** A level that is the name of the topic stands for all levels of that name. */
    private static final String TOPIC = "{topic}";

    private static final Pattern FIELD = Pattern.compile("\\{([A-Za-z0-9_|]+)}");

    /** A part of a level: text, or else fields of which the first present one is used. */
    public record Part(String text, List<String> fields) {}

    /** Throws IllegalArgumentException with the reason if the template is invalid. */
    public static TableTemplate parse(String template) {
        String[] texts = template.split("\\.", -1);
        if (texts.length < 2 && !template.equals(TOPIC)) {
            throw new IllegalArgumentException("a table needs a namespace: at least two levels");
        }
        List<List<Part>> levels = new ArrayList<>();
        for (String level : texts) {
            String plain = FIELD.matcher(level).replaceAll("");
            if (level.isEmpty() || plain.contains("{") || plain.contains("}")) {
                throw new IllegalArgumentException("level '" + level + "' is neither text nor {field}");
            }
            levels.add(level.equals(TOPIC) ? List.of() : parts(level));
        }
        return new TableTemplate(template, levels);
    }

    private static List<Part> parts(String level) {
        List<Part> parts = new ArrayList<>();
        Matcher matcher = FIELD.matcher(level);
        int end = 0;
        while (matcher.find()) {
            parts.add(new Part(level.substring(end, matcher.start()), null));
            parts.add(new Part(null, List.of(matcher.group(1).split("\\|"))));
            end = matcher.end();
        }
        parts.add(new Part(level.substring(end), null));
        parts.removeIf(part -> "".equals(part.text()));
        return parts;
    }
}

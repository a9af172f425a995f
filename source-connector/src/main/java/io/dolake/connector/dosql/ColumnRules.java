/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.Configuration;
import io.debezium.function.Predicates;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.TableId;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The rules of the column settings: {@code column.include.list}, {@code column.exclude.list}, {@code column.mask.*},
 * {@code column.truncate.*}. They apply to the value itself, before any other code sees it, so nothing bypasses them.
 * Patterns match the whole of {@code <database>.<table>.<column>}, ignoring the case of ASCII letters.
 */
final class ColumnRules {
    static final ColumnRules NONE = new ColumnRules(Configuration.empty());

    private static final Pattern TRUNCATE = Pattern.compile("column\\.truncate\\.to\\.(\\d+)\\.chars");
    private static final Pattern STARS = Pattern.compile("column\\.mask\\.with\\.(\\d+)\\.chars");
    private static final Pattern HASH =
            Pattern.compile("(column\\.mask\\.hash\\.(v2\\.)?([^.]+)\\.with\\.salt\\.)(.+)", Pattern.DOTALL);
    private static final Pattern REGEX = Pattern.compile("[\\\\^$*+?()\\[\\]{}|]");
    private static final int MAX_LENGTH = 1 << 20;

    /** Lists of names, and the least number of dots in a name. */
    private static final Map<String, Integer> DOTS = Map.of(
            RelationalDatabaseConnectorConfig.COLUMN_INCLUDE_LIST.name(),
            2,
            RelationalDatabaseConnectorConfig.COLUMN_EXCLUDE_LIST.name(),
            2,
            RelationalDatabaseConnectorConfig.TABLE_INCLUDE_LIST.name(),
            1,
            RelationalDatabaseConnectorConfig.TABLE_EXCLUDE_LIST.name(),
            1);

    private final String listSetting;
    private final Predicate<String> listed;
    private final List<Rule> rules = new ArrayList<>();
    private final List<String> keys;
    private final Map<String, String> plainNames = new TreeMap<>();

    /**
     * A setting that changes values of the columns that it names.
     *
     * @param mask null if it truncates
     * @param effect its name without the salt
     */
    private record Rule(String setting, Predicate<String> columns, ValueMask mask, int length, String effect) {}

    ColumnRules(Configuration config) {
        String include = config.getString(RelationalDatabaseConnectorConfig.COLUMN_INCLUDE_LIST);
        String exclude = config.getString(RelationalDatabaseConnectorConfig.COLUMN_EXCLUDE_LIST);
        if (include != null) {
            listSetting = RelationalDatabaseConnectorConfig.COLUMN_INCLUDE_LIST.name();
            listed = columns(include);
        } else {
            listSetting = RelationalDatabaseConnectorConfig.COLUMN_EXCLUDE_LIST.name();
            listed = exclude == null ? column -> true : columns(exclude).negate();
        }
        new TreeMap<>(config.asMap()).forEach((setting, value) -> {
            Rule rule = rule(setting, value);
            if (rule != null) {
                rules.add(rule);
            }
            if (rule != null || setting.equals(listSetting)) {
                notePlainNames(setting, value);
            }
        });
        String messageKeys = config.getString(RelationalDatabaseConnectorConfig.MSG_KEY_COLUMNS);
        keys = messageKeys == null ? List.of() : List.of(messageKeys.split(";"));
    }

    /** Whether a setting is one of those with a parameter in their name. */
    static boolean isSetting(String name) {
        return TRUNCATE.matcher(name).matches()
                || STARS.matcher(name).matches()
                || HASH.matcher(name).matches();
    }

    /** Errors in column settings, by name. */
    static Map<String, String> faults(Map<String, String> settings) {
        Map<String, String> faults = new TreeMap<>();
        settings.forEach((setting, value) -> {
            try {
                if (isSetting(setting) && value != null) {
                    rule(setting, value);
                }
                Integer dots = isSetting(setting) ? Integer.valueOf(2) : DOTS.get(setting);
                if (dots != null && value != null) {
                    checkCanMatch(value, dots);
                }
            } catch (PatternSyntaxException e) {
                faults.put(setting, "Cannot use " + nameOf(setting) + ": not a regular expression: " + e.getMessage());
            } catch (IllegalArgumentException e) {
                faults.put(setting, "Cannot use " + nameOf(setting) + ": " + e.getMessage());
            }
        });
        return faults;
    }

    /** A literal name without its database or table matches nothing: what it should withhold would be sent. */
    private static void checkCanMatch(String patterns, int dots) {
        for (String pattern : patterns.split(",")) {
            String name = pattern.strip().replace("\\.", ".");
            boolean isPlain = !name.isEmpty() && !REGEX.matcher(name).find();
            if (isPlain && name.chars().filter(c -> c == '.').count() < dots) {
                throw new IllegalArgumentException("'" + name + "' matches nothing, names are "
                        + (dots == 2 ? "<database>.<table>.<column>" : "<database>.<table>"));
            }
        }
    }

    private static Rule rule(String setting, String value) {
        Matcher truncate = TRUNCATE.matcher(setting);
        if (truncate.matches()) {
            return new Rule(setting, columns(value), null, length(truncate.group(1)), "");
        }
        Matcher stars = STARS.matcher(setting);
        if (stars.matches()) {
            return new Rule(setting, columns(value), ValueMask.stars(length(stars.group(1))), 0, setting);
        }
        Matcher hash = HASH.matcher(setting);
        if (hash.matches()) {
            ValueMask mask = ValueMask.hash(hash.group(3), hash.group(4), hash.group(2) != null);
            return new Rule(nameOf(setting), columns(value), mask, 0, withoutSalt(setting));
        }
        return null;
    }

    /** The name of a setting without its salt. */
    static String nameOf(String setting) {
        Matcher hash = HASH.matcher(setting);
        return hash.matches() ? hash.group(1) + "***" : setting;
    }

    /**
     * The name of a setting with four bytes of a digest in place of the salt: they show that the salt changed, but not
     * the salt.
     */
    static String withoutSalt(String setting) {
        Matcher hash = HASH.matcher(setting);
        return hash.matches() ? hash.group(1) + ValueMask.fingerprint(hash.group(4)) : setting;
    }

    private static int length(String digits) {
        int length = digits.length() > 7 ? MAX_LENGTH + 1 : Integer.parseInt(digits);
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("the length is at most " + MAX_LENGTH);
        }
        return length;
    }

    /** Patterns as everywhere in the framework, except that a dot also matches a line break. */
    static Predicate<String> columns(String patterns) {
        return Predicates.includes(patterns, Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** The patterns that name exactly one column. */
    private void notePlainNames(String setting, String patterns) {
        for (String pattern : patterns.split(",")) {
            String name = pattern.strip().replace("\\.", ".");
            if (!REGEX.matcher(name).find()) {
                plainNames.put(name, nameOf(setting));
            }
        }
    }

    /**
     * Columns that a setting names literally and the table does not have, each with the setting: misspelt or renamed.
     */
    List<String> missing(TableId id, TableSchema table) {
        List<String> missing = new ArrayList<>();
        String prefix = TableRules.folded(id.catalog() + "." + id.table() + ".");
        plainNames.forEach((name, setting) -> {
            if (TableRules.folded(name).startsWith(prefix)) {
                String column = name.substring(prefix.length());
                if (TableRules.indexOf(table, column) < 0) {
                    missing.add(column + " (" + setting + ")");
                }
            }
        });
        return missing;
    }

    /** The rules for the columns of a table. */
    TableRules of(TableId id, TableSchema table) {
        return new TableRules(this, id, table);
    }

    /** The rule for one column. */
    ColumnRule of(String database, String table, String column) {
        String name = database + "." + table + "." + column;
        if (!listed.test(name)) {
            return ColumnRule.excludedBy(listSetting);
        }
        List<String> masks = new ArrayList<>();
        List<String> truncates = new ArrayList<>();
        ValueMask mask = ValueMask.NONE;
        int length = Integer.MAX_VALUE;
        StringBuilder effect = new StringBuilder();
        for (Rule rule : rules) {
            if (!rule.columns.test(name)) {
                continue;
            }
            if (rule.mask == null) {
                truncates.add(rule.setting);
                length = Math.min(length, rule.length);
            } else {
                masks.add(rule.setting);
                mask = rule.mask;
                effect.append(rule.effect).append(' ');
            }
        }
        return masks.isEmpty() && truncates.isEmpty()
                ? ColumnRule.NONE
                : new ColumnRule(List.of(), masks, mask, truncates, length, effect.toString());
    }

    /** The entries of {@code message.key.columns} for a table: its columns, as patterns. */
    List<String> messageKey(String database, String table) {
        List<String> columns = new ArrayList<>();
        for (String entry : keys) {
            int colon = entry.indexOf(':');
            if (colon > 0 && columns(entry.substring(0, colon).strip()).test(database + "." + table)) {
                for (String column : entry.substring(colon + 1).split(",")) {
                    columns.add(column.strip());
                }
            }
        }
        return columns;
    }
}

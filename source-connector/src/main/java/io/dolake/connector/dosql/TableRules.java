/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.TableSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The {@link ColumnRules} for the columns of one table, and whether they leave a key that distinguishes its rows.
 */
final class TableRules {
    private final TableId id;
    private final TableSchema schema;
    private final ColumnRule[] columns;
    private final boolean[] keys;
    private final boolean keepsPrimaryKey;

    /** @throws DoLakeException INVALID_CONFIGURATION if the settings contradict each other, or leave no key */
    TableRules(ColumnRules rules, TableId id, TableSchema schema) {
        this.id = id;
        this.schema = schema;
        this.columns = schema.columns().stream()
                .map(column -> rules.of(id.catalog(), id.table(), column.name()))
                .toArray(ColumnRule[]::new);
        this.keys = new boolean[columns.length];
        for (int i = 0; i < columns.length; i++) {
            if (columns[i].masks().size() > 1) {
                throw refused("column " + name(i) + " is named by " + columns[i].settings())
                        .withHint("Name it in one of them only");
            }
        }
        keepsPrimaryKey = !hasMessageKey(rules.messageKey(id.catalog(), id.table()));
        if (keepsPrimaryKey) {
            schema.primaryKey().forEach(this::checkKey);
        }
    }

    /**
     * Whether {@code message.key.columns} defines the key. A table that has none of the columns named for it keeps its
     * primary key, as in Debezium, since the setting may be for other tables; if it has only some of them, its key
     * would not be the requested one.
     */
    private boolean hasMessageKey(List<String> named) {
        List<String> missing = new ArrayList<>();
        for (String column : named) {
            if (!checkMessageKey(ColumnRules.columns(column))) {
                missing.add(column);
            }
        }
        if (!missing.isEmpty() && missing.size() < named.size()) {
            throw refused("message.key.columns names " + named + ", and the table has no " + missing)
                    .withHint("Correct message.key.columns");
        }
        return missing.size() < named.size();
    }

    private boolean checkMessageKey(Predicate<String> named) {
        boolean found = schema.primaryKey().isEmpty()
                && named.test(EventNames.of(schema).rowid());
        for (int i = 0; i < columns.length; i++) {
            if (schema.columns().get(i).isStored() && named.test(name(i))) {
                found = true;
                checkKey(i);
            }
        }
        return found;
    }

    /** A key has to be sent, and still has to distinguish rows: a hash does, a constant text does not. */
    private void checkKey(int column) {
        ColumnRule rule = columns[column];
        if (rule.isExcluded()) {
            throw refused("its key column " + name(column) + " is kept back by " + rule.settings())
                    .withHint(
                            "Let the column through, hash it (column.mask.hash.*), or name other columns that tell rows"
                                    + " apart in message.key.columns");
        }
        if (rule.isMasked() && rule.mask().apply(0L).equals(rule.mask().apply(1L))) {
            throw refused("its key column " + name(column) + " would be the same in all rows by " + rule.settings())
                    .withHint("Hash it (column.mask.hash.*), or name other columns that tell rows apart in"
                            + " message.key.columns");
        }
        keys[column] = true;
    }

    /** Whether the key of events includes the column. */
    boolean isKey(int column) {
        return keys[column];
    }

    /** Whether that key is the primary key. */
    boolean keepsPrimaryKey() {
        return keepsPrimaryKey;
    }

    /** Whether its values are sent in any form. */
    boolean carries(int column) {
        return schema.columns().get(column).isStored() && !columns[column].isExcluded();
    }

    boolean masks(int column) {
        return columns[column].isMasked();
    }

    /** The treatment of its values: {@code excluded}, {@code masked}, {@code truncated} or nothing. */
    String kept(int column) {
        ColumnRule rule = columns[column];
        boolean isCut = !rule.truncates().isEmpty() && !keys[column];
        return rule.isExcluded() ? "excluded" : rule.isMasked() ? "masked" : isCut ? "truncated" : "";
    }

    /**
     * The value that is sent. Truncation does not apply to the values of a key: two could become the same.
     *
     * @param asText whether the column is sent as text, so that the digits of a number are truncated
     */
    Object apply(int column, Object value, boolean asText) {
        ColumnRule rule = columns[column];
        if (rule == ColumnRule.NONE || value == null && !rule.isMasked()) {
            return value;
        }
        Object masked = rule.mask().apply(value);
        if (keys[column] || rule.length() == Integer.MAX_VALUE) {
            return masked;
        }
        boolean isLongNumber =
                asText && masked instanceof Number number && number.toString().length() > rule.length();
        return ValueMask.cut(isLongNumber ? masked.toString() : masked, rule.length());
    }

    /**
     * Refuses a change of the table that would send withheld values under another name: the same change dropped a
     * column that a setting names, and added one that no setting names.
     */
    void checkSucceeds(TableRules before) {
        for (int i = 0; i < before.columns.length; i++) {
            ColumnRule kept = before.columns[i];
            String gone = before.name(i);
            if ((kept.isExcluded() || kept.isMasked()) && indexOf(schema, gone) < 0) {
                for (int j = 0; j < columns.length; j++) {
                    if (carries(j) && indexOf(before.schema, name(j)) < 0 && !columns[j].isAsStrictAs(kept)) {
                        throw refused("column " + gone + ", which " + kept.settings() + " keeps back, has become "
                                        + name(j) + ", which it does not name")
                                .withHint("Name " + name(j) + " in the setting too, then resume the table");
                    }
                }
            }
        }
    }

    /** The same for a table that was renamed. */
    static void checkRenamed(ColumnRules rules, TableId before, TableId id, TableSchema schema) {
        for (ColumnSchema column : schema.columns()) {
            ColumnRule kept = rules.of(before.catalog(), before.table(), column.name());
            ColumnRule now = rules.of(id.catalog(), id.table(), column.name());
            if (!now.isAsStrictAs(kept)) {
                throw refused(
                                id,
                                "it was table " + before.table() + ", of which " + kept.settings() + " keeps column "
                                        + column.name() + " back")
                        .withHint("Name " + id + "." + column.name() + " in the setting too, then resume the table");
            }
        }
    }

    /** Columns that are computed from others and sent unchanged, although a column is withheld. */
    List<String> computedBesideProtected() {
        List<String> computed = new ArrayList<>();
        boolean isProtected = false;
        for (int i = 0; i < columns.length; i++) {
            ColumnSchema column = schema.columns().get(i);
            boolean keptBack = columns[i].isExcluded() || columns[i].isMasked();
            isProtected |= keptBack;
            if (column.generated() != ColumnSchema.Generated.NO && column.isStored() && !keptBack) {
                computed.add(column.name());
            }
        }
        return isProtected ? computed : List.of();
    }

    private String name(int column) {
        return schema.columns().get(column).name();
    }

    static int indexOf(TableSchema schema, String name) {
        for (int i = 0; i < schema.columns().size(); i++) {
            if (folded(schema.columns().get(i).name()).equals(folded(name))) {
                return i;
            }
        }
        return -1;
    }

    /** Lower case in SQLite's sense, which the patterns of settings share: ASCII letters only. */
    static String folded(String name) {
        StringBuilder folded = new StringBuilder(name);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            folded.setCharAt(i, c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return folded.toString();
    }

    private DoLakeException refused(String reason) {
        return refused(id, reason);
    }

    private static DoLakeException refused(TableId id, String reason) {
        return new DoLakeException(ErrorCode.INVALID_CONFIGURATION, "Cannot capture table " + id + ": " + reason);
    }
}

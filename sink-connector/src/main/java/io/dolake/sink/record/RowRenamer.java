/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.RenameConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Renames the columns of rows and keys to their names in the lake, before any other step. Rows that need it are copied;
 * rows that already have these names are not. An object belongs to one thread.
 */
final class RowRenamer {
    private final ColumnNameMapping names;
    private final Map<TableIdentifier, Map<Schema, Schema>> schemas = new HashMap<>();

    RowRenamer(ColumnNameMapping names) {
        this.names = names;
    }

    RowEvent event(TableIdentifier table, RowEvent event) {
        return names.areAsGiven(table)
                ? event
                : new RowEvent(
                        event.record(),
                        event.op(),
                        event.source(),
                        row(table, event.before()),
                        row(table, event.after()),
                        event.dropped());
    }

    /** Keys that are not structs have no names. */
    Object key(TableIdentifier table, Object key) {
        return key instanceof Struct struct && !names.areAsGiven(table) ? row(table, struct) : key;
    }

    private Struct row(TableIdentifier table, Struct row) {
        if (row == null) {
            return null;
        }
        Map<Schema, Schema> known = schemas.computeIfAbsent(table, any -> new IdentityHashMap<>());
        if (known.size() >= ChangeBuilder.MAX_SCHEMAS) {
            known.clear();
        }
        Schema target = known.computeIfAbsent(row.schema(), schema -> renamed(table, schema));
        return target == row.schema() ? row : copy(row, target);
    }

    private Schema renamed(TableIdentifier table, Schema schema) {
        SchemaBuilder target = SchemaBuilder.struct().name(schema.name()).version(schema.version());
        Set<String> taken = new HashSet<>();
        boolean isOther = false;
        names.meet(table, schema.fields().stream().map(Field::name).toList());
        for (Field field : schema.fields()) {
            String name = names.of(table, field.name());
            if (schema.field(name) != null) {
                // The row has a column of that name already: then the one with the old name is a column of its own.
                name = names.spelled(table, field.name());
            }
            if (!taken.add(name)) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT,
                                "Cannot write row of table " + table + ": two of its columns would be " + name)
                        .withHint("Name columns of which a row has one at most in " + RenameConfig.setting(table));
            }
            isOther |= !name.equals(field.name());
            target.field(name, field.schema());
        }
        return isOther ? target.build() : schema;
    }

    private static Struct copy(Struct row, Schema target) {
        Struct copy = new Struct(target);
        List<Field> fields = row.schema().fields();
        for (int i = 0; i < fields.size(); i++) {
            Object value = row.getWithoutDefault(fields.get(i).name());
            if (value != null) {
                copy.put(target.fields().get(i), value);
            }
        }
        return copy;
    }
}

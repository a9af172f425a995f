/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.commit;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.buffer.RowsRejectedException;
import io.dolake.sink.buffer.TableBuffer;
import io.dolake.sink.config.SchemaPolicy;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TableMode;
import io.dolake.sink.row.RowShape;
import io.dolake.sink.table.SchemaEvolution;
import io.dolake.sink.table.TableAccess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.types.Types;

/** Evolves a table's schema to fit the rows of a commit, or determines which rows do not fit. */
final class SchemaFit {
    private final TableIdentifier name;
    private final Table table;
    private final SinkConfig config;
    private final SchemaPolicy policy;
    private final boolean dropsColumns;

    /** @param hasWholeRows whether the rows have all columns of the source */
    SchemaFit(TableIdentifier name, Table table, SinkConfig config, boolean hasWholeRows) {
        this.name = name;
        this.table = table;
        this.config = config;
        this.policy = SchemaPolicy.of(config);
        this.dropsColumns = policy.drops() && hasWholeRows;
    }

    /**
     * Changes the schema in a transaction, if rows of these shapes need it.
     *
     * @param isEmpty whether the table has no other rows, so that columns may change to any type
     */
    void evolve(Transaction transaction, TableBuffer buffer, List<RowShape> shapes, boolean isEmpty) {
        List<String> wantedKey = buffer.keyNames();
        boolean keyChanges = wantedKey != null
                && !buffer.shapes().isEmpty()
                && !wantedKey.equals(TableAccess.keyColumns(table))
                && !table.schema().identifierFieldIds().isEmpty();
        if (policy.ignoresCase()) {
            shapes.forEach(this::checkSpelling);
        }
        // Identifier fields are required; without them the key may have optional columns.
        Schema schema = keyChanges ? new Schema(table.schema().columns()) : table.schema();
        SchemaEvolution evolution = plan(buffer, schema, shapes, isEmpty);
        if (dropsColumns && !buffer.shapes().isEmpty()) {
            evolution.dropAllBut(buffer.shapes().get(buffer.shapes().size() - 1), table.schema(), neededIds(buffer));
        }
        if (!evolution.isNeeded() && !keyChanges) {
            return;
        }
        if (!config.evolvesSchemas()) {
            throw new DoLakeException(
                            ErrorCode.TYPE_MISMATCH,
                            "Cannot commit to table " + name + ": its schema does not fit the rows (" + evolution + ")")
                    .withHint("Set " + SinkConfig.EVOLVE + "=true");
        }
        UpdateSchema update = transaction.updateSchema();
        if (keyChanges) {
            update.setIdentifierFields(List.of());
        }
        try {
            evolution.apply(update);
            update.commit();
        } catch (ValidationException e) {
            // No conflict: nothing is sent yet. Trying again would not help.
            throw new DoLakeException(
                            ErrorCode.TYPE_MISMATCH,
                            "Cannot commit to table " + name + ": its partition spec, sort order or key does not allow"
                                    + " the change of its schema (" + evolution + "): " + e.getMessage(),
                            e)
                    .withHint("Take the column out of the table's partition spec and sort order");
        }
    }

    /**
     * Rows use the table's spelling from when its columns were first seen; the table may have got another spelling just
     * then.
     */
    private void checkSpelling(RowShape shape) {
        for (RowShape.Column column : shape.columns()) {
            Types.NestedField similar = table.schema().asStruct().caseInsensitiveField(column.name());
            if (similar != null && table.schema().asStruct().field(column.name()) == null) {
                throw new DoLakeException(
                                ErrorCode.TYPE_MISMATCH,
                                "Cannot commit to table " + name + ": its column " + similar.name()
                                        + ", new or renamed, differs from " + column.name()
                                        + " of the rows only in case")
                        .withHint("Restart the task: it then uses the spelling of the table");
            }
        }
    }

    /** Columns that cannot be dropped: those of the key, of any partition spec and of the sort order. */
    private Set<Integer> neededIds(TableBuffer buffer) {
        Set<Integer> ids = new HashSet<>(table.schema().identifierFieldIds());
        Set<String> keys = new HashSet<>(buffer.keyNames());
        keys.addAll(TableAccess.keyColumns(table));
        for (String key : keys) {
            Types.NestedField field = table.schema().findField(key);
            if (field != null) {
                ids.add(field.fieldId());
            }
        }
        table.specs().values().forEach(spec -> spec.fields().forEach(field -> ids.add(field.sourceId())));
        table.sortOrder().fields().forEach(field -> ids.add(field.sourceId()));
        return ids;
    }

    private SchemaEvolution plan(TableBuffer buffer, Schema schema, List<RowShape> shapes, boolean isEmpty) {
        try {
            return plan(schema, shapes, isEmpty);
        } catch (DoLakeException e) {
            throw refused(buffer, schema, isEmpty);
        }
    }

    private SchemaEvolution plan(Schema schema, List<RowShape> shapes, boolean isEmpty) {
        // The sink sets the mode of every table that it creates; for other tables it can be set by hand.
        boolean isOurs = table.properties().containsKey(TableMode.PROPERTY);
        return SchemaEvolution.plan(
                new SchemaEvolution.Current(name.toString(), schema, TableUtil.formatVersion(table), isOurs, isEmpty),
                shapes,
                policy);
    }

    /** Tests shape by shape which shapes the table accepts together. */
    private RowsRejectedException refused(TableBuffer buffer, Schema schema, boolean isEmpty) {
        List<RowShape> taken = new ArrayList<>();
        Map<RowShape, DoLakeException> refused = new HashMap<>();
        for (RowShape shape : buffer.shapes()) {
            taken.add(shape);
            try {
                plan(schema, taken, isEmpty);
            } catch (DoLakeException e) {
                taken.remove(taken.size() - 1);
                refused.put(shape, e);
            }
        }
        return new RowsRejectedException(buffer.placesOf(refused), refused);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.data.Envelope;
import io.debezium.data.Envelope.Operation;
import io.debezium.relational.TableSchema;
import io.debezium.relational.ValueConverter;
import java.time.Instant;
import org.apache.kafka.connect.data.Struct;

/**
 * The framework's schema of a table, with a shorter way to the rows that are as their columns say. Every other row goes
 * the framework's way, which reports what is wrong with it.
 */
final class EventSchema extends TableSchema {
    private static final long MICROS = 1_000_000;
    private static final long NANOS = 1_000_000_000;

    private final Rows rows;
    private final StructFields envelope;
    private final int after;
    private final int source;
    private final int operation;
    private final int millis;
    private final int micros;
    private final int nanos;

    /** Converts the values of a row: each field's value is at an index of the row, and has a converter. */
    record Rows(StructFields fields, int[] indexes, int[] targets, ValueConverter[] converters) {

        /** The struct of a row, null if the row needs the framework. */
        Struct struct(Object[] row) {
            Object[] values = new Object[fields.size()];
            try {
                for (int i = 0; i < indexes.length; i++) {
                    if (converters[i] != null) {
                        values[targets[i]] = converters[i].convert(row[indexes[i]]);
                    }
                }
            } catch (RuntimeException e) {
                return null; // the framework meets it too
            }
            return fields.filled(values);
        }
    }

    EventSchema(TableSchema framework, Rows rows) {
        super(
                framework.id(),
                framework.keySchema(),
                framework::keyFromColumnData,
                framework.getEnvelopeSchema(),
                framework.valueSchema(),
                row -> {
                    Struct struct = row == null ? null : rows.struct(row);
                    return struct != null ? struct : framework.valueFromColumnData(row);
                });
        this.rows = rows;
        envelope = new StructFields(framework.getEnvelopeSchema().schema());
        after = envelope.index(Envelope.FieldName.AFTER);
        source = envelope.index(Envelope.FieldName.SOURCE);
        operation = envelope.index(Envelope.FieldName.OPERATION);
        millis = envelope.index(Envelope.FieldName.TIMESTAMP);
        micros = envelope.index(Envelope.FieldName.TIMESTAMP_US);
        nanos = envelope.index(Envelope.FieldName.TIMESTAMP_NS);
    }

    /** The envelope of a row that was read, null if the row needs the framework. */
    Struct read(Object[] row, Struct from, Instant at) {
        Struct values = rows.struct(row);
        if (values == null || after < 0 || source < 0 || operation < 0 || millis < 0 || micros < 0 || nanos < 0) {
            return null;
        }
        Object[] fields = new Object[envelope.size()];
        fields[after] = values;
        fields[source] = from;
        fields[operation] = Operation.READ.code();
        fields[millis] = at.toEpochMilli();
        fields[micros] = at.getEpochSecond() * MICROS + at.getNano() / 1_000;
        fields[nanos] = at.getEpochSecond() * NANOS + at.getNano();
        return envelope.filled(fields);
    }
}

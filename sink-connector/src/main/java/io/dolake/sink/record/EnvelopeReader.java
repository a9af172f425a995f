/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.InputConfig;
import io.dolake.sink.row.Change;
import io.dolake.sink.types.ConnectFields;
import java.util.List;
import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/** Reads Debezium envelopes, of any connector, with and without a schema. */
final class EnvelopeReader {
    private final RecordRouter router;
    private final ChangeMapper maker;

    EnvelopeReader(RecordRouter router, ChangeMapper maker) {
        this.router = router;
        this.maker = maker;
    }

    /** Throws {@link DoLakeException} for a record that cannot be read. */
    List<Change> read(SinkRecord record) {
        Object op = ConnectFields.get(record.value(), "op");
        return switch (String.valueOf(op)) {
            case "c", "r", "u" -> upsert(record, (String) op);
            case "d" -> changes(record, "d", image(record, "before"), null);
            case "t" -> changes(record, "t", null, null);
            case "m" -> List.of();
            default -> throw odd("its operation is none of c, r, u, d, t and m");
        };
    }

    private List<Change> upsert(SinkRecord record, String op) {
        Struct after = image(record, "after");
        if (after == null) {
            throw odd("operation " + op + " without an after image");
        }
        return changes(record, op, op.equals("u") ? image(record, "before") : null, after);
    }

    private List<Change> changes(SinkRecord record, String op, Struct before, Struct after) {
        Object block = ConnectFields.get(record.value(), "source");
        Object source = block == null ? record.value() : block;
        Struct row = after == null ? before : after;
        return maker.changes(
                router.tables(new RecordRouter.Origin(record.topic(), source, record.value(), row)),
                new RowEvent(record, op, source, before, after, Set.of()));
    }

    private static DoLakeException odd(String reason) {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read change: " + reason)
                .withHint("If the topic has rows that look like envelopes, set " + InputConfig.FORMAT + "=flat");
    }

    private Struct image(SinkRecord record, String name) {
        Object image = ConnectFields.get(record.value(), name);
        return image == null ? null : maker.images().row(image);
    }
}

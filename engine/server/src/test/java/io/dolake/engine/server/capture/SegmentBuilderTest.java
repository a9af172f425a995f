/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.archive.Segment;
import io.dolake.schemas.ChangeDecoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.Operation;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentBuilderTest {
    private static final TableSchema TABLE = new TableSchema(
            "t",
            List.of(new ColumnSchema("a", "BLOB", false, 0, ColumnSchema.Generated.NO, null)),
            false,
            false,
            -1,
            TextEncoding.UTF_8,
            Lsn.ZERO,
            "create table t(a blob)");

    private final List<Segment> segments = new ArrayList<>();

    private SegmentBuilder builder(int segmentBytes) {
        return new SegmentBuilder(segmentBytes, lsn -> 1_000 + lsn, segments::add);
    }

    private static void transaction(ChangeListener listener, long lsn, int rows, int rowBytes) {
        listener.begin(new Lsn(lsn), 0);
        RowChange change = new RowChange();
        for (int i = 0; i < rows; i++) {
            change.set(i, Operation.CREATE, lsn * 1_000 + i, null, TABLE);
            byte[] record = new byte[rowBytes];
            java.util.Arrays.fill(record, (byte) i);
            change.after().set(record, 0, rowBytes);
            listener.rowChange(change);
        }
        listener.commit(rows);
    }

    /** What all segments hold, each read alone. */
    private List<String> read() {
        List<String> entries = new ArrayList<>();
        for (Segment segment : segments) {
            new ChangeDecoder().decode(segment.unpack(), new Recorder(entries));
        }
        return entries;
    }

    private static List<String> expected(long[]... transactions) {
        List<String> entries = new ArrayList<>();
        Recorder recorder = new Recorder(entries);
        for (long[] t : transactions) {
            transaction(recorder, t[0], (int) t[1], (int) t[2]);
            entries.replaceAll(
                    entry -> entry.equals("begin " + t[0] + " 0") ? "begin " + t[0] + " " + (1_000 + t[0]) : entry);
        }
        return entries;
    }

    @Test
    void smallTransactionsShareASegment() {
        SegmentBuilder builder = builder(10_000);
        transaction(builder, 1, 2, 10);
        transaction(builder, 5, 1, 10);
        builder.finish();
        assertThat(segments).singleElement().satisfies(segment -> {
            assertThat(segment.start()).isEqualTo(new Lsn(1));
            assertThat(segment.end()).isEqualTo(new Lsn(5));
            assertThat(segment.part()).isZero();
            assertThat(segment.events()).isEqualTo(3);
        });
        assertThat(read()).isEqualTo(expected(new long[] {1, 2, 10}, new long[] {5, 1, 10}));
    }

    @Test
    void fullSegmentIsClosedBehindItsTransaction() {
        SegmentBuilder builder = builder(500);
        for (int lsn = 1; lsn <= 6; lsn++) {
            transaction(builder, lsn, 1, 200);
        }
        builder.finish();
        assertThat(segments).hasSizeGreaterThan(1).allMatch(segment -> segment.part() == 0);
        assertThat(segments.get(segments.size() - 1).end()).isEqualTo(new Lsn(6));
    }

    @Test
    void largeTransactionIsSplitIntoPartsThatCanBeReadAlone() {
        SegmentBuilder builder = builder(1_000);
        transaction(builder, 7, 20, 300);
        builder.finish();
        assertThat(segments).hasSizeGreaterThan(3);
        for (int i = 0; i < segments.size(); i++) {
            assertThat(segments.get(i).part()).isEqualTo(i + 1);
            assertThat(segments.get(i).start()).isEqualTo(new Lsn(7));
            assertThat(segments.get(i).end()).isEqualTo(new Lsn(7));
        }
        assertThat(read()).isEqualTo(expected(new long[] {7, 20, 300}));
        assertThat(segments.stream().mapToLong(Segment::events).sum()).isEqualTo(20);
    }

    @Test
    void transactionsBeforeAndBehindALargeOneHaveSegmentsOfTheirOwn() {
        SegmentBuilder builder = builder(1_000);
        transaction(builder, 1, 1, 300);
        transaction(builder, 2, 10, 300);
        transaction(builder, 3, 1, 300);
        builder.finish();
        assertThat(segments.get(0).part()).isZero();
        assertThat(segments.get(0).end()).isEqualTo(new Lsn(1));
        assertThat(segments.get(0).events()).isEqualTo(1);
        assertThat(segments.get(1).part()).isEqualTo(1);
        assertThat(segments.get(segments.size() - 1).part()).isZero();
        assertThat(segments.get(segments.size() - 1).start()).isEqualTo(new Lsn(3));
        assertThat(read()).isEqualTo(expected(new long[] {1, 1, 300}, new long[] {2, 10, 300}, new long[] {3, 1, 300}));
    }

    @Test
    void transactionWithoutEventsLeavesNoTrace() {
        SegmentBuilder builder = builder(1_000);
        transaction(builder, 1, 0, 0);
        builder.finish();
        assertThat(segments).isEmpty();
    }

    private record Recorder(List<String> entries) implements ChangeListener {
        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            entries.add("begin " + lsn + " " + commitTimeMs);
        }

        @Override
        public void schemaChange(SchemaChange change) {
            entries.add("schema " + change.name());
        }

        @Override
        public void rowChange(RowChange change) {
            entries.add("row " + change.event() + " " + change.rowid() + " "
                    + change.after().length() + " " + change.after().toBytes()[0]);
        }

        @Override
        public void commit(long events) {
            entries.add("commit " + events);
        }
    }
}

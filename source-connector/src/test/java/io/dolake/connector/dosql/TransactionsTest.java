/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.config.Configuration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.TransactionContext;
import org.junit.jupiter.api.Test;

class TransactionsTest {
    private static final Schema EVENT =
            SchemaBuilder.struct().field("op", Schema.STRING_SCHEMA).build();
    private static final Schema HEARTBEAT =
            SchemaBuilder.struct().field("ts_ms", Schema.INT64_SCHEMA).build();

    private int ended;

    private Transactions transactions(String intervalMs, String readIntervalMs) {
        return new Transactions(
                new Worker(),
                Configuration.from(
                        Map.of("transaction.interval.ms", intervalMs, "transaction.read.interval.ms", readIntervalMs)));
    }

    private static SourceRecord event(String operation) {
        return record(new Struct(EVENT).put("op", operation));
    }

    private static SourceRecord record(Struct value) {
        return new SourceRecord(Map.of(), Map.of(), "t", value.schema(), value);
    }

    @Test
    void rowsThatAreReadWaitForMore() {
        Transactions transactions = transactions("0", "600000");
        transactions.polled(List.of(event("r"), event("r")));
        transactions.polled(List.of(event("r")));
        assertThat(ended).isZero();
    }

    @Test
    void aChangeAmongRowsThatAreReadEndsTheTransaction() {
        Transactions transactions = transactions("0", "600000");
        transactions.polled(List.of(event("r"), event("u"), event("r")));
        assertThat(ended).isEqualTo(1);
        transactions.polled(List.of(event("r")));
        assertThat(ended).isEqualTo(1);
        transactions.polled(List.of(record(new Struct(HEARTBEAT).put("ts_ms", 1L))));
        assertThat(ended).isEqualTo(2);
    }

    @Test
    void theEndOfRowsEndsTheTransaction() {
        Transactions transactions = transactions("0", "600000");
        transactions.polled(List.of(event("r")));
        transactions.polled(List.of());
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void aChangeIsNotForgottenUntilItsTransactionEnds() throws InterruptedException {
        Transactions transactions = transactions("50", "600000");
        transactions.polled(List.of(event("c")));
        transactions.polled(List.of(event("r")));
        Thread.sleep(60);
        transactions.polled(List.of(event("r")));
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void rowsThatAreReadDoNotWaitForEver() throws InterruptedException {
        Transactions transactions = transactions("0", "20");
        transactions.polled(List.of(event("r")));
        Thread.sleep(30);
        transactions.polled(List.of(event("r")));
        assertThat(ended).isEqualTo(1);
    }

    @Test
    void nothingIsEndedThatHasNotBegun() {
        Transactions transactions = transactions("0", "0");
        transactions.polled(List.of());
        assertThat(ended).isZero();
    }

    @Test
    void theTaskWaitsNoLongerThanATransactionMay() {
        Transactions transactions = transactions("5", "600000");
        assertThat(transactions.waitNanos(50_000_000)).isEqualTo(50_000_000);
        transactions.polled(List.of(event("r")));
        assertThat(transactions.waitNanos(50_000_000)).isLessThanOrEqualTo(5_000_000);
    }

    @Test
    void aWorkerThatEndsTransactionsIsLeftAlone() {
        new Transactions(null, Configuration.empty()).polled(List.of(event("c")));
    }

    private final class Worker implements TransactionContext {
        @Override
        public void commitTransaction() {
            ended++;
        }

        @Override
        public void commitTransaction(SourceRecord record) {
            throw new UnsupportedOperationException("not used");
        }

        @Override
        public void abortTransaction() {
            throw new UnsupportedOperationException("not used");
        }

        @Override
        public void abortTransaction(SourceRecord record) {
            throw new UnsupportedOperationException("not used");
        }
    }
}

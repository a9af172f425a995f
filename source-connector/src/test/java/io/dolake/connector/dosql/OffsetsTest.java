/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.DATABASE;
import static io.dolake.connector.dosql.Fixtures.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is stored, read back, and accepted by hand. */
class OffsetsTest {
    private final DoSqlConnectorConfig config = Fixtures.config();
    private final FakeEngine engine = new FakeEngine();

    @BeforeEach
    void createDatabase() {
        engine.databases.add(DATABASE);
    }

    private DoSqlOffsetContext load(Map<String, ?> offset) {
        return new DoSqlOffsetContext.Loader(config, DATABASE).load(offset);
    }

    private OffsetCheck check() {
        return new OffsetCheck("dosql", database -> !database.equals("hidden"), engine, Duration.ofSeconds(10));
    }

    private void alter(Map<String, ?> offset) {
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
        offsets.put(Map.of("server", "dosql", "database", DATABASE), offset);
        check().check(offsets);
    }

    @Test
    void readsBackWhatItStores() {
        DoSqlOffsetContext offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, new Lsn(7), 3);
        offset.pendingResnapshots().request("orders");
        offset.pendingResnapshots().done("notes", new Lsn(12));
        DoSqlOffsetContext loaded = load(offset.getOffset());
        assertThat(loaded.getOffset()).isEqualTo(offset.getOffset());
        assertThat(new HashMap<String, Object>(loaded.getOffset()))
                .isEqualTo(Map.of(
                        "epoch", EPOCH, "lsn", 7L, "event", 3L, "resend", "{\"notes\":\"12\",\"orders\":\"pending\"}"));
    }

    @Test
    void snapshotThatWasCutShortIsStillRunning() {
        DoSqlOffsetContext offset = new DoSqlOffsetContext(config, DATABASE, EPOCH, new Lsn(7), 0);
        offset.preSnapshotStart(false);
        assertThat(load(offset.getOffset()).isInitialSnapshotRunning()).isTrue();
        offset.preSnapshotCompletion();
        assertThat(load(offset.getOffset()).isInitialSnapshotRunning()).isFalse();
    }

    @Test
    void lsnWrittenAsTextIsRead() {
        assertThat(load(Map.of("epoch", EPOCH, "lsn", "18446744073709551615")).lsn())
                .isEqualTo(new Lsn(-1));
    }

    @Test
    void offsetThatIsNoneIsRefusedWithAnExample() {
        assertThatThrownBy(() -> load(Map.of("epoch", "x", "lsn", 1L)))
                .isInstanceOfSatisfying(
                        DoLakeException.class,
                        e -> assertThat(e.hint().orElseThrow()).startsWith("An offset looks like"));
        assertThatThrownBy(() -> load(Map.of("epoch", EPOCH, "lsn", 1.5f, "event", -1L)))
                .hasMessageContaining("'event' is -1");
    }

    @Test
    void everyFaultOfAnOffsetNamesItsDatabase() {
        for (Map<String, Object> offset : java.util.List.<Map<String, Object>>of(
                Map.of("epoch", "x", "lsn", 1L),
                Map.of("epoch", EPOCH, "lsn", "many"),
                Map.of("epoch", EPOCH, "lsn", 1L, "event", -1L),
                Map.of("epoch", EPOCH, "lsn", 1L, "resend", "["),
                Map.of("epoch", EPOCH, "lsn", 1L, "faults", "["))) {
            assertThatThrownBy(() -> load(offset))
                    .as("%s", offset)
                    .isInstanceOf(DoLakeException.class)
                    .hasMessageStartingWith("Cannot continue with database '" + DATABASE + "': ");
        }
    }

    @Test
    void offsetWithinTheRetainedLogIsAccepted() {
        assertThatCode(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, "event", 0L)))
                .doesNotThrowAnyException();
    }

    @Test
    void resetIsAccepted() {
        assertThatCode(() -> alter(null)).doesNotThrowAnyException();
    }

    @Test
    void offsetBeforeOrAfterTheLogIsRefused() {
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 9L)))
                .isInstanceOf(ConnectException.class)
                .hasMessage(
                        "Cannot alter offset of database shop: Cannot continue at LSN 9: the change log holds 10 to 90."
                                + " An offset of null has the database read again");
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 91L))).isInstanceOf(ConnectException.class);
    }

    @Test
    void offsetOfAnotherEpochIsRefused() {
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH.replace('0', 'f'), "lsn", 50L)))
                .hasMessageContaining("the database is at epoch " + EPOCH);
    }

    @Test
    void offsetOfAnUnknownDatabaseIsRefused() {
        engine.databases.clear();
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L)))
                .hasMessageContaining("Cannot find database");
    }

    @Test
    void partitionOfAnotherConnectorIsRefused() {
        assertThatThrownBy(() -> check().check(Map.of(Map.of("server", "other", "database", DATABASE), Map.of())))
                .hasMessageContaining("is not of this connector");
    }

    @Test
    void offsetThatCannotBeCheckedIsRefusedAndAResetIsNot() {
        engine.failure = new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot connect");
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L))).hasMessageContaining("Cannot connect");
        assertThatCode(() -> alter(null)).doesNotThrowAnyException();
    }

    @Test
    void b9OffsetsOfAnotherFormAreRefused() {
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, "evnt", 1L)))
                .hasMessageContaining("there is no 'evnt' in an offset (nearest: 'event')");
        for (Object lsn : List.of(50.5, true, "fifty", List.of(), -1L)) {
            assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", lsn)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageStartingWith("Cannot alter offset of database shop: ");
        }
        for (Object event : List.of(1.5, true, "1", -1L)) {
            assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, "event", event)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("'event'");
        }
        for (Object resend : List.of(1L, "orders", "null", "[]", "{\"t\":\"soon\"}")) {
            assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, "resend", resend)))
                    .isInstanceOf(ConnectException.class)
                    .hasMessageContaining("resend");
        }
        for (String key : List.of("filters", "faults")) {
            for (Object value : List.of(1L, "x", "null", "[]", "{\"t\":null}")) {
                assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, key, value)))
                        .isInstanceOf(ConnectException.class)
                        .hasMessageContaining(key);
            }
        }
        assertThatCode(() ->
                        alter(Map.of("epoch", EPOCH, "lsn", 50L, "filters", "{\"column.exclude.list\":\"a.b.c\"}")))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> alter(Map.of("lsn", 50L))).hasMessageContaining("'epoch' is null");
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH))).hasMessageContaining("'lsn' is null");
        assertThatThrownBy(() -> alter(Map.of("epoch", EPOCH, "lsn", 50L, "snapshot_completed", "yes")))
                .hasMessageContaining("snapshot_completed");
    }

    @Test
    void b9DatabasesThatAreNotCapturedAreRefused() {
        assertThatThrownBy(() ->
                        check().check(Map.of(Map.of("server", "dosql", "database", "hidden"), Map.of("epoch", EPOCH))))
                .hasMessageContaining("the connector does not capture it");
    }

    @Test
    void resetOfWhateverIsStoredIsAccepted() {
        Map<Map<String, ?>, Map<String, ?>> offsets = new HashMap<>();
        offsets.put(Map.of("server", "of old", "database", DATABASE), null);
        offsets.put(Map.of("server", "dosql", "database", "gone"), null);
        assertThatCode(() -> check().check(offsets)).doesNotThrowAnyException();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DatabaseMonitorTest {
    private final FakeEngine engine = new FakeEngine();
    private final AtomicInteger changes = new AtomicInteger();
    private final DatabaseMonitor monitor = new DatabaseMonitor(
            Fixtures.config("database.exclude.list", "private.*"), engine, changes::incrementAndGet);

    @Test
    void assignsCapturedDatabasesInOrder() {
        engine.databases.addAll(java.util.List.of("b", "private1", "a"));
        assertThat(monitor.assign()).containsExactly("a", "b");
    }

    @Test
    void asksForNewTasksWhenADatabaseAppearsOrGoes() {
        engine.databases.add("a");
        monitor.assign();
        monitor.look();
        assertThat(changes).hasValue(0);
        engine.databases.add("b");
        monitor.look();
        assertThat(changes).hasValue(1);
        monitor.assign();
        engine.databases.remove("a");
        monitor.look();
        assertThat(changes).hasValue(2);
    }

    @Test
    void databasesThatAreNotCapturedDoNotCount() {
        monitor.assign();
        engine.databases.add("private1");
        monitor.look();
        assertThat(changes).hasValue(0);
    }

    @Test
    void keepsTheLastKnownDatabasesWhileTheEngineIsDown() {
        engine.databases.add("a");
        monitor.assign();
        engine.failure = new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot connect");
        monitor.look();
        assertThat(monitor.assign()).containsExactly("a");
        assertThat(changes).hasValue(0);
    }
}

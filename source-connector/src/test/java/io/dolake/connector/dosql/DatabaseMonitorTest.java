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
        assertThat(monitor.assign(2)).containsExactly("a", "b");
    }

    /** B6: tasks are restarted only while there may be more of them. */
    @Test
    void asksForNewTasksOnlyUntilThereAreAsManyAsMayBe() {
        engine.databases.add("a");
        monitor.assign(2);
        monitor.look();
        assertThat(changes).hasValue(0);
        engine.databases.add("b");
        monitor.look();
        assertThat(changes).hasValue(1);
        monitor.assign(2);
        engine.databases.add("c");
        engine.databases.remove("a");
        monitor.look();
        engine.databases.remove("b");
        monitor.look();
        assertThat(changes).hasValue(1);
    }

    @Test
    void databasesThatAreNotCapturedDoNotCount() {
        monitor.assign(2);
        engine.databases.add("private1");
        monitor.look();
        assertThat(changes).hasValue(0);
    }

    @Test
    void keepsTheLastKnownDatabasesWhileTheEngineIsDown() {
        engine.databases.add("a");
        monitor.assign(2);
        engine.failure = new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot connect");
        monitor.look();
        assertThat(monitor.assign(2)).containsExactly("a");
        assertThat(changes).hasValue(0);
    }
}

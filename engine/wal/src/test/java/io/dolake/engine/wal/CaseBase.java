/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The base of case tests: a database with default settings, and events as lines of text. */
abstract class CaseBase {
    @TempDir
    Path directory;

    protected TestDatabase db;

    @BeforeEach
    void open() throws SQLException, IOException {
        db = new TestDatabase(directory);
    }

    @AfterEach
    void close() throws SQLException, IOException {
        db.close();
    }

    /** What was not decoded yet. */
    protected List<String> events() throws IOException {
        Events events = new Events();
        db.poll(events);
        return events.lines();
    }

    /** Statements whose events do not matter, each its own transaction. */
    protected void given(String... statements) throws SQLException, IOException {
        db.execute(statements);
        events();
    }

    /** Events of these statements as one transaction. */
    protected List<String> after(String... statements) throws SQLException, IOException {
        db.transaction(statements);
        return events();
    }
}

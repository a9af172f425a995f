/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.engine.client.Statement;
import io.dolake.pipeline.run.Home;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Where a fault strikes: a table, or a database, of a world. Keeps what the fault has to remember until its cure. */
final class Site {
    /** Keys of rows that the workload leaves alone begin here. */
    private static final int FIRST_MARK = 1_000_000;

    private static final Duration SOON = Duration.ofSeconds(60);

    private final World world;
    private final String database;
    private final String table;
    private final int number;
    private String sickDatabase;
    private String sickTable;
    private boolean isNameless;
    private int marks;
    private Object note;

    /** @param number differs between all sites of a world */
    Site(World world, Fault.Scope scope, String database, String table, int number) {
        this.world = world;
        this.database = database;
        this.table = table;
        this.number = number;
        this.sickDatabase = database;
        this.sickTable = scope == Fault.Scope.DATABASE || scope == Fault.Scope.NOTHING ? "" : table;
    }

    World world() {
        return world;
    }

    Home home() {
        return world.home();
    }

    String database() {
        return database;
    }

    String table() {
        return table;
    }

    int number() {
        return number;
    }

    /** The file of the database, or one that belongs to it. */
    Path file(String ending) {
        return home().engine().resolve(database + ending);
    }

    /** What is set aside has another name than what was struck. */
    void sickens(String otherDatabase, String otherTable) {
        sickDatabase = otherDatabase;
        sickTable = otherTable;
    }

    String sickDatabase() {
        return sickDatabase;
    }

    /** Empty if it is the database. */
    String sickTable() {
        return sickTable;
    }

    /** As {@code status} and {@code resume} name it. */
    String sickName() {
        return sickDatabase + (isOfTable() ? "." + sickTable : "");
    }

    boolean isOfTable() {
        return !sickTable.isEmpty() || isNameless;
    }

    /** The sick table is the one without a name. */
    void sickensTheNameless() {
        isNameless = true;
        sickTable = "";
    }

    void remember(Object what) {
        note = what;
    }

    <T> T remembered(Class<T> type) {
        return type.cast(note);
    }

    /** Statements of one transaction each; {@code $T} is the table. */
    void sql(String... statements) {
        for (String sql : statements) {
            world.engine().exec(database, Statement.of(named(sql)));
        }
    }

    /** One transaction. */
    void transaction(String... statements) {
        List<Statement> all = new ArrayList<>();
        for (String sql : statements) {
            all.add(Statement.of(named(sql)));
        }
        world.engine().batch(database, all);
    }

    private String named(String sql) {
        return sql.replace("$T", table);
    }

    /** The code that a statement is refused with; null if it is not. */
    ErrorCode refusal(String sql) {
        try {
            sql(sql);
            return null;
        } catch (DoLakeException e) {
            return e.code();
        }
    }

    long count() {
        return ((Number) world.engine()
                        .query(database, Statement.of(named("SELECT count(*) FROM \"$T\"")))
                        .rows()
                        .get(0)[0])
                .longValue();
    }

    /** The lake has as many rows of the table as the engine, and some. */
    boolean isWhole() {
        long there = count();
        return there > 0 && lakeRows(database, table) == there;
    }

    /** Writes a row that the workload leaves alone. */
    void mark() {
        marks++;
        sql("REPLACE INTO $T(id, v, n) VALUES (" + (FIRST_MARK + number * 1_000 + marks) + ", 'mark', 0.5)");
    }

    /** Whether the last mark is in the lake; makes one if there is none. */
    boolean hasMark() {
        if (marks == 0) {
            mark();
        }
        return hasRow(FIRST_MARK + number * 1_000 + marks);
    }

    /** Whether the lake has a row of the table with that key. */
    boolean hasRow(long key) {
        return LakeView.keys(home(), database, table).contains(key);
    }

    /** Rows of a lake table; -1 if there is none. */
    long lakeRows(String namespace, String name) {
        return LakeView.rows(home(), namespace, name);
    }

    /** All values of the lake table, as text. */
    String lakeText() {
        return LakeView.text(home(), database, table);
    }

    void awaitMark() {
        awaitTrue("mark of " + sickName(), this::hasMark);
    }

    void awaitTrue(String what, java.util.concurrent.Callable<Boolean> condition) {
        Awaitility.await(what).atMost(SOON).pollInterval(Duration.ofMillis(500)).until(condition);
    }

    static void pause(int seconds) throws InterruptedException {
        TimeUnit.SECONDS.sleep(seconds);
    }
}

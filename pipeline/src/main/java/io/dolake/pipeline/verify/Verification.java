/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.Session;
import io.dolake.pipeline.health.Ailment;
import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.sync.Sync;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Compares every table of a database, every row and value, with the lake at one LSN.
 *
 * <p>The engine's side is a read-only transaction, pinned at its LSN. The lake's side are the snapshots that are newest
 * when the lake has caught up with that LSN; that they hold nothing later is known because no later transaction was
 * committed by then. Where writers are busy this is tried a few times, and then made so: an empty write transaction
 * holds them off until the lake has caught up. The comparison itself holds nobody off.
 */
public final class Verification {
    private static final int QUIET_ATTEMPTS = 2;
    private static final int HELD_ATTEMPTS = 5;

    /** How long writers are held off at most in one attempt; well below the time that they wait for their turn. */
    private static final Duration HOLD = Duration.ofSeconds(6);

    private final DoSqlClient engine;
    private final Sync sync;
    private final Home home;
    private final int maxExamples;
    private final Duration timeout;
    private final SourceRules rules;

    /**
     * Of a source connector whose settings leave nothing out.
     *
     * @param maxExamples differences to describe per table
     */
    public Verification(DoSqlClient engine, Sync sync, Home home, int maxExamples, Duration timeout) {
        this(engine, sync, home, maxExamples, timeout, SourceRules.none());
    }

    /** @param rules what the source connector lets out */
    public Verification(
            DoSqlClient engine, Sync sync, Home home, int maxExamples, Duration timeout, SourceRules rules) {
        this.rules = rules;
        this.engine = engine;
        this.sync = sync;
        this.home = home;
        this.maxExamples = maxExamples;
        this.timeout = timeout;
    }

    public Report run(String database) {
        rules.checkCaptures(database);
        try (Session view = engine.session(database)) {
            Cut cut = null;
            for (int attempt = 1; cut == null && attempt <= QUIET_ATTEMPTS; attempt++) {
                cut = quietCut(database, view);
            }
            for (int attempt = 1; cut == null && attempt <= HELD_ATTEMPTS; attempt++) {
                cut = heldCut(database, view);
            }
            if (cut == null) {
                throw new DoLakeException(
                                ErrorCode.TIMEOUT,
                                "Cannot verify " + database + ": the lake does not catch up within " + HOLD.toSeconds()
                                        + " s while writers are held off")
                        .withHint("Verify when less is written.");
            }
            return compare(database, view, cut);
        }
    }

    /**
     * @param tables newest snapshots in the lake, all of them loaded before anything is compared
     * @param suspended tables that a connector has suspended: not equal, whatever their rows are at the moment
     */
    private record Cut(Lsn lsn, Lake lake, Map<String, Lake.Snapshot> tables, List<Ailment> suspended)
            implements AutoCloseable {
        @Override
        public void close() {
            if (lake != null) {
                lake.close();
            }
        }
    }

    /** A cut, or null if a transaction was committed meanwhile. */
    private Cut quietCut(String database, Session view) {
        Session.Begin pinned = view.begin(Session.Mode.READ_ONLY);
        Sync.Result synced = sync.await(database, pinned.epoch(), pinned.lsn(), timeout);
        Cut cut = load(database, pinned.lsn(), synced.suspended());
        if (engine.status(database).lsn().equals(pinned.lsn())) {
            return cut;
        }
        cut.close();
        view.rollback();
        return null;
    }

    /**
     * A cut made while an empty write transaction keeps others from committing, or null if the lake did not catch up in
     * time.
     */
    private Cut heldCut(String database, Session view) {
        sync.await(database, timeout); // so that little is left to wait for
        try (Session writer = engine.session(database)) {
            writer.begin(Session.Mode.IMMEDIATE);
            Session.Begin pinned = view.begin(Session.Mode.READ_ONLY);
            Sync.Result synced = sync.await(database, pinned.epoch(), pinned.lsn(), HOLD);
            Cut cut = load(database, pinned.lsn(), synced.suspended());
            writer.rollback();
            return cut;
        } catch (DoLakeException e) {
            if (e.code() != ErrorCode.TIMEOUT) {
                throw e;
            }
            view.rollback();
            return null;
        }
    }

    /** The newest snapshots of all tables. */
    private Cut load(String database, Lsn lsn, List<Ailment> suspended) {
        if (!Files.exists(home.catalog())) {
            return new Cut(lsn, null, Map.of(), suspended); // nothing ever arrived
        }
        Lake lake = Lake.open(home);
        Map<String, Lake.Snapshot> tables = new HashMap<>();
        for (String table : lake.tables(database)) {
            Optional<Lake.Snapshot> snapshot = lake.find(database, table);
            snapshot.ifPresent(found -> tables.put(table, found));
        }
        return new Cut(lsn, lake, tables, suspended);
    }

    private Report compare(String database, Session view, Cut cut) {
        List<Report.Table> tables = new ArrayList<>();
        Set<String> left = new HashSet<>(cut.tables().keySet());
        for (TableShape shape : TableShape.all(view)) {
            Lake.Snapshot there = cut.tables().get(shape.name());
            left.remove(shape.name());
            tables.add(compare(database, view, shape, there));
        }
        left.stream()
                .sorted()
                .forEach(name -> tables.add(gone(name, cut.tables().get(name))));
        view.rollback();
        cut.suspended().forEach(ailment -> mark(tables, ailment.table().substring(database.length() + 1), ailment));
        return new Report(database, cut.lsn(), tables);
    }

    private Report.Table compare(String database, Session view, TableShape shape, Lake.Snapshot there) {
        SourceRules.Carried carried = rules.of(database, shape);
        long snapshot = there == null ? 0 : there.id();
        if (carried.shape() != null) {
            return compare(carried.shape(), view, there);
        }
        return carried.refused() == null
                ? new Report.Table(
                        shape.name(),
                        0,
                        0,
                        snapshot,
                        0,
                        List.of(),
                        List.of("left out by settings, not compared"),
                        false)
                : new Report.Table(shape.name(), 0, 0, snapshot, 1, List.of(carried.refused()), List.of(), true);
    }

    /** A lake table that cannot be read counts as different; the others are compared nevertheless. */
    private Report.Table compare(TableShape shape, Session view, Lake.Snapshot there) {
        try {
            return new TableComparison(shape, view, there, maxExamples).run();
        } catch (DoLakeException e) {
            throw e; // of the engine
        } catch (RuntimeException e) {
            String reason = "the lake table cannot be read: " + e.getMessage();
            return new Report.Table(
                    shape.name(), 0, 0, there == null ? 0 : there.id(), 1, List.of(reason), List.of(), true);
        }
    }

    /** Its rows may be equal at this moment; the table is not, until it is resumed. */
    private static void mark(List<Report.Table> tables, String name, Ailment ailment) {
        int at = tables.stream().map(Report.Table::name).toList().indexOf(name);
        if (at < 0) {
            tables.add(new Report.Table(name, 0, 0, 0, 1, List.of(ailment.line()), List.of(), true));
            return;
        }
        Report.Table table = tables.get(at);
        List<String> examples = new ArrayList<>(List.of(ailment.line()));
        examples.addAll(table.examples());
        tables.set(
                at,
                new Report.Table(
                        name,
                        table.engineRows(),
                        table.lakeRows(),
                        table.snapshot(),
                        table.differences() + 1,
                        examples,
                        table.notes(),
                        true));
    }

    /** A table that only the lake has: dropped in the engine, so it must be empty. */
    private static Report.Table gone(String name, Lake.Snapshot table) {
        long[] rows = new long[1];
        table.forEach(values -> {
            rows[0]++;
            return true;
        });
        return new Report.Table(
                name,
                0,
                rows[0],
                table.id(),
                rows[0],
                rows[0] == 0 ? List.of() : List.of("the engine has no such table, the lake has its rows"),
                List.of("not in the engine (dropped or renamed)"),
                true);
    }
}

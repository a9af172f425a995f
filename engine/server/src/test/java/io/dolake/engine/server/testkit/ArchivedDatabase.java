/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import io.dolake.engine.client.DatabaseStatus;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A database whose change log is archived as soon as it has more than 64 KiB. */
public abstract class ArchivedDatabase {
    protected static final String DB = "shop";
    protected static final long LOCAL_BYTES = 1 << 16;
    private static final long STILL_MS = 500;

    @TempDir
    protected Path directory;

    protected Path root;
    protected RunningEngine engine;

    @BeforeEach
    protected void start() {
        root = directory.resolve("archive");
        engine = new RunningEngine(plain());
        engine.client().create(DB);
        engine.exec(DB, "create table t(id integer primary key, v blob)");
    }

    protected ServerConfig plain() {
        return ServerConfig.of(directory.resolve("engine"))
                .withPort(0)
                .withLimit(Limit.SEGMENT_BYTES, 4_096)
                .withLimit(Limit.CAPTURE_INTERVAL_MS, 0)
                .withLimit(Limit.CDC_KEEP_ALIVE_MS, 100)
                .withLimit(Limit.HOUSEKEEPING_INTERVAL_MS, 20);
    }

    protected ServerConfig archiving() {
        return plain().withArchive(new ArchiveLocation.Directory(root))
                .withLimit(Limit.WAL_RETENTION_BYTES, LOCAL_BYTES);
    }

    @AfterEach
    protected void stop() {
        engine.close();
    }

    protected void insert(int count) {
        for (int i = 0; i < count; i++) {
            engine.exec(DB, "insert into t(v) values (randomblob(2000))");
        }
    }

    protected void insertAtOnce(int count) {
        List<Statement> statements = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            statements.add(Statement.of("insert into t(v) values (randomblob(2000))"));
        }
        engine.client().batch(DB, statements);
    }

    protected DatabaseStatus.Archive archive() {
        return engine.client().status(DB).archive();
    }

    /** Waits until nothing has been archived for some time: what is due goes in steps. */
    protected void awaitArchived() {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
            long before = archive().segments();
            Thread.sleep(STILL_MS);
            return before > 0 && archive().segments() == before && archive().error() == null;
        });
    }

    protected List<Path> objects() throws IOException {
        return StoredFiles.below(root);
    }
}

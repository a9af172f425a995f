/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.engine.client.QueryResult;
import io.dolake.engine.client.Statement;
import io.dolake.engine.server.changelog.ChangeLogFile;
import io.dolake.engine.server.changelog.LogCheckResult;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.schemas.Lsn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A change log: of a database that an engine serves, or in a file that no engine has open. */
sealed interface ChangeLogSource extends AutoCloseable {
    int PAGE = 5_000;

    /** Some segments after an id, in order, archived ones included; empty at the end. */
    List<ChangeLogFile.Entry> segments(long afterId);

    /** Verifies some segments after an id. */
    LogCheckResult verify(long afterId);

    @Override
    void close();

    /** Read by the engine. */
    record Served(DoSqlClient engine, String database) implements ChangeLogSource {
        private static final String SEGMENTS =
                "SELECT id, lsn_start, lsn_end, part, events, length(data), created_at_ms, NULL FROM _wal_segments"
                        + " WHERE id > ?1 UNION ALL SELECT id, lsn_start, lsn_end, part, events, bytes, created_at_ms, object"
                        + " FROM _wal_archive WHERE epoch = ?2 AND lsn_end > ?3 AND id > ?1 ORDER BY 1 LIMIT " + PAGE;

        @Override
        public List<ChangeLogFile.Entry> segments(long afterId) {
            var status = engine.status(database);
            QueryResult result = engine.query(
                    database,
                    Statement.of(
                            SEGMENTS,
                            afterId,
                            status.epoch(),
                            status.oldestLsn().value()),
                    PAGE);
            List<ChangeLogFile.Entry> entries = new ArrayList<>();
            for (Object[] row : result.rows()) {
                entries.add(new ChangeLogFile.Entry(
                        (Long) row[0],
                        new Lsn((Long) row[1]),
                        new Lsn((Long) row[2]),
                        Math.toIntExact((Long) row[3]),
                        (Long) row[4],
                        (Long) row[5],
                        (Long) row[6],
                        (String) row[7]));
            }
            return entries;
        }

        @Override
        public LogCheckResult verify(long afterId) {
            io.dolake.engine.client.LogCheck check = engine.verifyLog(database, afterId);
            return new LogCheckResult(
                    check.segments(),
                    check.archived(),
                    check.events(),
                    check.bytes(),
                    check.faults().stream()
                            .map(fault -> new LogCheckResult.Fault(fault.segment(), fault.object(), fault.message()))
                            .toList(),
                    check.next());
        }

        @Override
        public void close() {
            engine.close();
        }
    }

    /** Read by this process. */
    record InFile(ChangeLogFile file) implements ChangeLogSource {
        /** @param archive null if it is not known */
        static InFile open(Path path, ArchiveLocation archive) {
            return new InFile(ChangeLogFile.open(path, archive));
        }

        @Override
        public List<ChangeLogFile.Entry> segments(long afterId) {
            return file.list(afterId, PAGE);
        }

        @Override
        public LogCheckResult verify(long afterId) {
            return file.verify(afterId, PAGE);
        }

        @Override
        public void close() {
            file.close();
        }
    }
}

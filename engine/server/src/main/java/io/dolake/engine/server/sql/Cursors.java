/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Memory;
import io.dolake.engine.server.support.QuietClose;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.Map;

/** The open cursors of a session. Not thread-safe. */
public final class Cursors {
    private final UserConnection connection;
    private final int maxCursors;
    private final int maxRows;
    private final long pageBytes;
    private final Map<Long, RunningStatement> open = new HashMap<>();
    private long lastId;

    /** @param cursor to read the next page with; 0 if there are no more rows */
    public record Page(Rows rows, long cursor) {}

    public Cursors(UserConnection connection, ServerConfig config) {
        this.connection = connection;
        this.maxCursors = config.intLimit(Limit.MAX_CURSORS);
        this.maxRows = config.intLimit(Limit.MAX_ROWS);
        this.pageBytes = config.limit(Limit.MAX_RESPONSE_BYTES) / 4;
    }

    /** The limits of a result that is not read by cursor. */
    public UserConnection.Page execPage(Memory.Lease memory) {
        return new UserConnection.Page(maxRows, pageBytes, memory);
    }

    public UserConnection.Page schemaPage(Memory.Lease memory) {
        return new UserConnection.Page(Integer.MAX_VALUE, pageBytes, memory);
    }

    public Page open(SqlRequest request, int fetchSize, Memory.Lease memory) {
        if (open.size() >= maxCursors) {
            throw new DoLakeException(
                            ErrorCode.RATE_LIMITED, "Cannot open cursor: " + maxCursors + " are open in this session")
                    .withHint("Read cursors to their end or close them.")
                    .withDetail("limit", maxCursors);
        }
        RunningStatement execution = connection.start(request);
        if (!execution.hasRows()) {
            QuietClose.close(execution);
            return new Page(new Rows(execution.columns(), java.util.List.of(), false), 0);
        }
        lastId++;
        open.put(lastId, execution);
        return read(lastId, execution, fetchSize, memory);
    }

    public Page fetch(long id, int fetchSize, Memory.Lease memory) {
        RunningStatement execution = open.get(id);
        if (execution == null) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot fetch: cursor " + id + " is not open");
        }
        return read(id, execution, fetchSize, memory);
    }

    private Page read(long id, RunningStatement execution, int fetchSize, Memory.Lease memory) {
        boolean more = false;
        try {
            Rows rows = connection.read(
                    execution, new UserConnection.Page(Math.min(fetchSize, maxRows), pageBytes, memory));
            more = rows.more();
            return new Page(rows, more ? id : 0);
        } finally {
            if (!more) {
                close(id);
            }
        }
    }

    /** Closes a cursor. One that is not open is ignored, since a cursor closes on its own after its last row. */
    public void close(long id) {
        QuietClose.close(open.remove(id));
    }

    public void closeAll() {
        open.values().forEach(QuietClose::close);
        open.clear();
    }
}

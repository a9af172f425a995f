/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The rows of a query, fetched in pages. While one page is read the next is being fetched, so at most two are in
 * memory.
 */
final class SessionCursor implements Session.Cursor {
    private final WebSocketSession session;
    private final int fetchSize;
    private final List<QueryResult.Column> columns;
    private JsonNode page;
    private int at;
    /** The cursor on the server; null when it has no more rows and the server has closed it. */
    private JsonNode cursor;

    private CompletableFuture<JsonNode> nextPage;
    private boolean closed;

    SessionCursor(WebSocketSession session, JsonNode firstReply, int fetchSize) {
        this.session = session;
        this.fetchSize = fetchSize;
        this.columns = ReplyReader.columns(firstReply);
        take(firstReply);
    }

    @Override
    public List<QueryResult.Column> columns() {
        return columns;
    }

    @Override
    public Object[] next() {
        if (closed) {
            throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read next row: the cursor is closed");
        }
        while (at == page.size()) {
            if (nextPage == null) {
                return null;
            }
            CompletableFuture<JsonNode> reply = nextPage;
            nextPage = null;
            take(session.await(reply));
        }
        return ReplyReader.row(page.get(at++));
    }

    private void take(JsonNode reply) {
        page = reply.path("rows");
        at = 0;
        cursor = reply.get("cursor");
        if (cursor != null && cursor.isNull()) {
            cursor = null;
        }
        if (cursor != null) {
            nextPage = session.send(WebSocketSession.request("fetch")
                    .put("fetchSize", fetchSize)
                    .set("cursor", cursor));
        }
    }

    /** Closes the cursor on the server too, unless it was read to its end. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        page = JsonTrees.object();
        if (nextPage != null && session.isOpen()) {
            closeOnServer();
        }
    }

    private void closeOnServer() {
        try {
            cursor = session.await(nextPage).get("cursor");
            if (cursor != null && !cursor.isNull()) {
                session.call(WebSocketSession.request("closeCursor").set("cursor", cursor));
            }
        } catch (DoLakeException e) {
            // The rows no longer matter, and a cursor that cannot be read is closed by the server; a lost link shows
            // at the next call of the session.
            cursor = null;
        }
    }
}

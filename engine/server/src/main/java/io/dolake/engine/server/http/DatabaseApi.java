/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.capture.Checkpointer;
import io.dolake.engine.server.changelog.LogCheckResult;
import io.dolake.engine.server.changelog.LogReader;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.DatabaseStatus;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import java.io.InputStream;
import java.util.List;

/**
 * The HTTP operations on databases as a whole; each returns the body of its reply. Statements are in {@link
 * StatementApi}.
 */
final class DatabaseApi {
    /** Longest time that one call holds a view of the log, and that its caller waits for the reply. */
    private static final long VERIFY_MS = 2_000;

    private static final long VERIFY_SEGMENTS = 10_000;

    private final Engine engine;

    DatabaseApi(Engine engine) {
        this.engine = engine;
    }

    /** Opens the files of a database again. */
    byte[] resume(String name) {
        return status(engine.resume(name));
    }

    byte[] status(String name) {
        return status(engine.database(name));
    }

    private static byte[] status(Database database) {
        DatabaseStatus status = database.status();
        return Json.object(json -> Replies.status(json, status));
    }

    byte[] create(String name) {
        return status(engine.create(name));
    }

    byte[] drop(String name) {
        engine.drop(name);
        return Json.object(json -> {});
    }

    /** Verifies some segments of the change log; the reply says where to continue. */
    byte[] verifyLog(String name, JsonNode body) {
        JsonReader.known(body, List.of("afterId", "maxSegments"));
        long after = JsonReader.number(body, "afterId", 0, 0, Long.MAX_VALUE);
        long segments = JsonReader.number(body, "maxSegments", VERIFY_SEGMENTS, 1, VERIFY_SEGMENTS);
        LogCheckResult check;
        try (LogReader reader = engine.database(name).log().openReader()) {
            check = reader.verify(after, segments, VERIFY_MS);
        }
        return Json.object(json -> Replies.logCheck(json, check));
    }

    byte[] importFile(String name, InputStream content) {
        return status(engine.importDatabase(name, content));
    }

    byte[] checkpoint(String name, JsonNode body) {
        JsonReader.known(body, List.of("mode"));
        String mode = JsonReader.text(body, "mode");
        Checkpointer.Result result =
                engine.database(name).checkpoint(Checkpointer.Mode.parse(mode == null ? "passive" : mode));
        return Json.object(json -> Replies.checkpoint(json, result));
    }
}

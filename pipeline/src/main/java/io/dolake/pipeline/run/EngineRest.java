/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;

/** The engine's lists of databases, as they come: {@code schemas/SPEC.md}, section 6. */
public final class EngineRest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final ObjectMapper JSON = new ObjectMapper();

    /** For whoever runs a command, in place of what the engine says to programmers. */
    public static final String TOKEN_HINT =
            "Give a token with --token-file FILE, or in DOSQL_TOKEN; ./dolake token create makes one.";

    private final JsonHttp http;

    /**
     * @param engine base address
     * @param token null for none
     */
    public EngineRest(String engine, String token) {
        http = new JsonHttp("the engine", engine, TIMEOUT, token);
    }

    /** Those that have an error, in the order of their names; an array. */
    public JsonNode unwell(int limit) {
        return page("unwell=true&limit=" + limit).path("databases");
    }

    /**
     * A page: {@code {"databases": [...], "next"?}}.
     *
     * @param after only names behind this one; empty for the first page
     */
    public JsonNode page(String after, int limit) {
        return page("limit=" + limit + "&after=" + after);
    }

    /**
     * A page with this one, which has its error in it if it cannot be opened; nothing if there is none of that name.
     */
    public JsonNode only(String database) {
        JsonHttp.Answer answer = http.get("read the status of " + database, "/v1/databases/" + database);
        ObjectNode page = JSON.createObjectNode();
        ArrayNode databases = page.putArray("databases");
        if (answer.status() < 400) {
            databases.add(answer.body());
        } else if (answer.status() != 404) {
            databases.addObject().put("name", database).put("open", false).setAll((ObjectNode) answer.body());
        }
        return page;
    }

    /** Opens a database that was set aside, as its files are now. */
    public void resume(String database) {
        String what = "resume database " + database;
        JsonHttp.Answer answer = http.send(what, "POST", "/v1/databases/" + database + "/resume", "");
        if (answer.status() >= 400) {
            JsonNode error = answer.body().path("error");
            DoLakeException refused = new DoLakeException(
                    codeOf(error.path("code").asText()),
                    error.path("message").asText("Cannot " + what + ": the engine answers " + answer.status()));
            throw error.hasNonNull("hint") ? refused.withHint(error.path("hint").asText()) : refused;
        }
    }

    private static boolean isOfToken(JsonHttp.Answer answer) {
        return answer.status() == 401 || answer.status() == 403;
    }

    private static ErrorCode codeOf(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL_ERROR;
    }

    private JsonNode page(String query) {
        JsonHttp.Answer answer = http.get("list databases", "/status?" + query);
        if (answer.status() >= 400) {
            JsonNode error = answer.body().path("error");
            DoLakeException refused = new DoLakeException(
                    isOfToken(answer) ? codeOf(error.path("code").asText()) : ErrorCode.CONNECTION_ERROR,
                    "Cannot list databases: " + error.path("message").asText("the engine answers " + answer.status()));
            throw isOfToken(answer) ? refused.withHint(TOKEN_HINT) : refused;
        }
        return answer.body();
    }
}

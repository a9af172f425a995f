/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.auth.Right;
import java.util.HashMap;
import java.util.Map;

/**
 * Every request that the engine serves, and what its caller needs. There is no way to an operation but through here,
 * and no entry without a right. Statements that write need more, see {@link StatementRights}.
 */
enum Route {
    PREFLIGHT("OPTIONS", "*", Needs.NOTHING, null),
    HEALTH("GET", "/health", Needs.NOTHING, null),
    STATUS("GET", "/status", Needs.TOKEN, null),
    DATABASES("GET", "/v1/databases", Needs.TOKEN, null),
    DATABASE_STATUS("GET", "", Needs.ANY_RIGHT, null),
    CREATE("PUT", "", Needs.RIGHT, Right.ADMIN),
    DROP("DELETE", "", Needs.RIGHT, Right.ADMIN),
    SCHEMA("GET", "/schema", Needs.RIGHT, Right.READ),
    IMPORT("POST", "/import", Needs.RIGHT, Right.ADMIN),
    QUERY("POST", "/query", Needs.RIGHT, Right.READ),
    EXEC("POST", "/exec", Needs.RIGHT, Right.READ),
    BATCH("POST", "/batch", Needs.RIGHT, Right.WRITE),
    VERIFY_LOG("POST", "/wal/verify", Needs.RIGHT, Right.ADMIN),
    RESUME("POST", "/resume", Needs.RIGHT, Right.ADMIN),
    CHECKPOINT("POST", "/checkpoint", Needs.RIGHT, Right.ADMIN),
    SESSION("GET", "/session", Needs.RIGHT, Right.READ),
    CDC("GET", "/cdc", Needs.RIGHT, Right.CDC);

    private static final String DATABASES_PATH = "/v1/databases";
    private static final Map<String, Route> OF_ENGINE = new HashMap<>();
    private static final Map<String, Route> OF_DATABASE = new HashMap<>();

    static {
        for (Route route : values()) {
            (route.isOfDatabase() ? OF_DATABASE : OF_ENGINE).put(route.method + " " + route.path, route);
        }
    }

    private final String method;
    private final String path;
    private final Needs needs;
    private final Right right;

    /** @param path of the engine or, if a right on a database is needed, behind the name of the database */
    Route(String method, String path, Needs needs, Right right) {
        this.method = method;
        this.path = path;
        this.needs = needs;
        this.right = right;
    }

    /** What a caller needs. */
    enum Needs {
        NOTHING,
        TOKEN,
        ANY_RIGHT,
        RIGHT
    }

    /**
     * A request that is served.
     *
     * @param database as it stands in the path; null for a request to the engine as a whole
     */
    record Match(Route route, String database) {}

    /** Null if there is no such operation. */
    static Match of(String method, String path) {
        if (method.equals("OPTIONS")) {
            return new Match(PREFLIGHT, null);
        }
        Route ofEngine = OF_ENGINE.get(method + " " + path);
        if (ofEngine != null) {
            return new Match(ofEngine, null);
        }
        if (!path.startsWith(DATABASES_PATH + "/")) {
            return null;
        }
        String rest = path.substring(DATABASES_PATH.length() + 1);
        int slash = rest.indexOf('/');
        String database = slash < 0 ? rest : rest.substring(0, slash);
        Route route = OF_DATABASE.get(method + " " + (slash < 0 ? "" : rest.substring(slash)));
        return route == null ? null : new Match(route, database);
    }

    private boolean isOfDatabase() {
        return needs == Needs.RIGHT || needs == Needs.ANY_RIGHT;
    }

    boolean isSocket() {
        return this == SESSION || this == CDC;
    }

    String method() {
        return method;
    }

    /** The path with this database in it. */
    String path(String database) {
        return isOfDatabase() ? DATABASES_PATH + "/" + database + path : path;
    }

    Needs needs() {
        return needs;
    }

    /** Null unless a certain right is needed. */
    Right right() {
        return right;
    }
}

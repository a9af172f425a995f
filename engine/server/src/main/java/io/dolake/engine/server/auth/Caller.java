/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import java.util.function.Supplier;

/**
 * Who sent a request.
 *
 * @param name for people; never a token
 * @param tenant the only database that the caller sees, whatever the rights say; null for no such limit
 * @param refusal why the caller is no longer known, null as long as it is: asked again for as long as a socket is open
 */
record Caller(String name, Rights rights, String tenant, Supplier<Refusal> refusal) {
    /** Whoever calls an engine without authentication. */
    static Caller anyone(Supplier<Refusal> refusal) {
        return new Caller("anyone", Rights.ALL, null, refusal);
    }

    boolean may(Right right, String database) {
        return (tenant == null || tenant.equals(database)) && rights.allow(right, database);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/**
 * What the caller of one request or socket may do with its database.
 *
 * @param database null for a request that names none
 */
public record Access(Caller caller, String database) {
    /**
     * @throws DoLakeException FORBIDDEN without the right; UNAUTHORIZED if the caller is no longer known
     */
    public void require(Right right) {
        requireCurrent();
        if (!caller.may(right, database)) {
            throw new DoLakeException(
                            ErrorCode.FORBIDDEN,
                            "Cannot use database '" + database + "': '" + caller.name() + "' has no right '"
                                    + right.word() + "' on it")
                    .withHint("Use a token that has it. Rights belong to an API key when it is made, and to a JSON web"
                            + " token in its claims dosql_rights and tenant_id.")
                    .withDetail("right", right.word());
        }
    }

    /** Refuses a caller who may do nothing at all with the database. */
    public void requireAny() {
        requireCurrent();
        if (!sees(database)) {
            require(Right.READ);
        }
    }

    private void requireCurrent() {
        Refusal refusal = caller.refusal().get();
        if (refusal != null) {
            throw refusal.error();
        }
    }

    /** Whether the caller may do anything with a database, and so may know that it exists. */
    public boolean sees(String name) {
        return caller.may(Right.READ, name) || caller.may(Right.CDC, name);
    }

    /** Why the caller is no longer known; null as long as it is. */
    public String ended() {
        Refusal refusal = caller.refusal().get();
        return refusal == null ? null : refusal.reason();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.dolake.schemas.DoLakeException;

/** The change log of a database no longer continues the offset: to go on would skip changes. */
final class PositionLostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient DoSqlPartition partition;

    PositionLostException(DoSqlPartition partition, DoSqlOffsetContext offset, DoLakeException cause) {
        super(
                "Cannot stream " + partition + " from offset " + offset.getOffset() + ": " + cause.getMessage()
                        + ". Nothing was skipped. Set snapshot.mode to when_needed to read the database anew, or reset"
                        + " the offset of this database (DELETE or PATCH /connectors/<name>/offsets on the stopped"
                        + " connector)",
                cause);
        this.partition = partition;
    }

    DoSqlPartition partition() {
        return partition;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.schemas.DoLakeException;
import org.apache.iceberg.catalog.TableIdentifier;

/** A table that is needed to read a record cannot be loaded, and waiting does not help. */
public final class TableUnusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient TableIdentifier table;
    private final DoLakeException error;

    TableUnusable(TableIdentifier table, DoLakeException error) {
        super(error);
        this.table = table;
        this.error = error;
    }

    public TableIdentifier table() {
        return table;
    }

    public DoLakeException error() {
        return error;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.schemas.Lsn;
import java.util.List;

/**
 * Outcome of a verification.
 *
 * @param lsn both sides were compared as of this LSN
 */
public record Report(String database, Lsn lsn, List<Table> tables) {

    /**
     * One table.
     *
     * @param snapshot Iceberg snapshot that was read, 0 if none
     * @param differences rows or other things that differ; at most as many as were asked for are described
     * @param examples descriptions
     * @param notes remarks that are not differences
     * @param compared false for a table that the source connector leaves out
     */
    public record Table(
            String name,
            long engineRows,
            long lakeRows,
            long snapshot,
            long differences,
            List<String> examples,
            List<String> notes,
            boolean compared) {}

    public long differences() {
        return tables.stream().mapToLong(Table::differences).sum();
    }

    /** Tables that the source connector does not leave out. */
    public long compared() {
        return tables.stream().filter(Table::compared).count();
    }

    public long rows() {
        return tables.stream().mapToLong(Table::engineRows).sum();
    }
}

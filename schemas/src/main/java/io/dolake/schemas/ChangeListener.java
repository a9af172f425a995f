/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * Receives committed transactions in order: begin, schema changes, row changes, commit. Every delete of a primary key
 * comes before an insert of the same key. An exception stops the source and skips nothing.
 */
public interface ChangeListener {

    /**
     * A transaction begins.
     *
     * @param commitTimeMs wall clock at commit, milliseconds since the epoch of Unix; 0 if unknown
     */
    void begin(Lsn lsn, long commitTimeMs);

    void schemaChange(SchemaChange change);

    /** Receives a row change, which is valid only during this call. */
    void rowChange(RowChange change);

    /**
     * The transaction is complete.
     *
     * @param events number of its events, schema changes included
     */
    void commit(long events);
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.engine;

import java.util.List;

/** Something that writes rows, one transaction a call. */
interface RowWriter extends AutoCloseable {
    void execute(String sql) throws Exception;

    /** Runs the statement once for each row of parameters, as one transaction. */
    void transaction(String sql, List<List<Object>> rows) throws Exception;

    /** Begins to count the frames written to the WAL. */
    void count() throws Exception;

    /** Frames since then. */
    long counted() throws Exception;
}

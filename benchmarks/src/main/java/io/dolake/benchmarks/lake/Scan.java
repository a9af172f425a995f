/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.lake;

import org.apache.iceberg.Table;

/** A snapshot of a table, to be read.
 *
 * @param label what it is, for people
 */
record Scan(String label, Table table, long snapshot) {
    static Scan ofCurrent(String label, Table table) {
        table.refresh();
        return new Scan(label, table, table.currentSnapshot().snapshotId());
    }
}

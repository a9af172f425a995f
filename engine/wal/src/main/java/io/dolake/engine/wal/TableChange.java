/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

/**
 * A table to compare between two views.
 *
 * @param before the table before, null if it is new
 * @param after the table after
 * @param beforePages pages whose rows to compare, in b-tree order
 * @param afterPages the same, after
 * @param pairwise whether rows cannot have moved between pages: both lists are the same, page by page
 * @param shapeChanged whether equal bytes may mean other values, or other bytes equal values: the columns changed
 * @param marks what the transaction touches
 */
record TableChange(
        Table before,
        Table after,
        PageView beforeView,
        PageView afterView,
        IntList beforePages,
        IntList afterPages,
        boolean pairwise,
        boolean shapeChanged,
        TouchedPages marks) {}

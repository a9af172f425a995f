/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

/**
 * What a statement did.
 *
 * @param changes rows inserted, updated or deleted
 * @param lastInsertRowid of the connection
 * @param rows null if it returns none
 */
record Outcome(long changes, long lastInsertRowid, Rows rows) {
    static final Outcome NOTHING = new Outcome(0, 0, null);
}

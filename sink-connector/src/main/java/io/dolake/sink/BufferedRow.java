/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

/**
 * A row of a buffer that is to be written.
 *
 * @param key handed back with the place of the row; null for a row without
 */
record BufferedRow(KeyBytes key, TableBuffer.Entry entry) {
    int shape() {
        return entry.shape();
    }

    Slice bytes() {
        return entry.row();
    }
}

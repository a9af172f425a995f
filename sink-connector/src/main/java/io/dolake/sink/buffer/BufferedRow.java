/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import io.dolake.sink.row.EncodedRow;
import io.dolake.sink.row.KeyBytes;

/**
 * A row of a buffer that is to be written.
 *
 * @param key returned with the position of the row; null for a row without a key
 */
public record BufferedRow(KeyBytes key, TableBuffer.Entry entry) {
    public int shape() {
        return entry.shape();
    }

    public EncodedRow bytes() {
        return entry.row();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.io.RandomAccessFile;

/** Reads the pages of a file that the caller opens and closes. */
record FilePages(RandomAccessFile file) implements PageSource {
    @Override
    public int read(long position, byte[] target, int offset, int length) throws IOException {
        file.seek(position);
        int done = 0;
        while (done < length) {
            int n = file.read(target, offset + done, length - done);
            if (n < 0) {
                break;
            }
            done += n;
        }
        return done;
    }

    @Override
    public long size() throws IOException {
        return file.length();
    }
}

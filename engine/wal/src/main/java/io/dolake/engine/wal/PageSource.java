/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.io.RandomAccessFile;

/**
 * Reads the main database file by position. The caller passes one to the decoder, which never opens or closes the main
 * file itself: closing any descriptor of it would drop the POSIX locks that SQLite holds in the same process.
 */
public interface PageSource {

    /**
     * Reads through a file that the caller has opened, and closes when SQLite has no connection to it any more. Not
     * thread-safe. A RandomAccessFile and not a channel, since an interrupt would close that.
     */
    static PageSource of(RandomAccessFile file) {
        return new FilePages(file);
    }

    /**
     * Fills {@code target[offset, offset + length)} from the file.
     *
     * @param position byte offset in the file
     * @return bytes read; fewer than length only at the end of the file
     */
    int read(long position, byte[] target, int offset, int length) throws IOException;

    /** Length of the file in bytes. */
    long size() throws IOException;
}

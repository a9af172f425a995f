/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import io.dolake.engine.wal.PageSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;

/**
 * The main file of a database as the decoder reads it. There is one per open database, and it is closed after the last
 * SQLite connection: closing any descriptor of the file drops the locks that SQLite holds on it in this process. A
 * {@link RandomAccessFile}, because an interrupted read closes a channel.
 */
public final class PageFile implements PageSource, AutoCloseable {
    private final RandomAccessFile file;
    private final PageSource pages;

    public PageFile(Path path) throws IOException {
        file = new RandomAccessFile(path.toFile(), "r");
        pages = PageSource.of(file);
    }

    @Override
    public synchronized int read(long position, byte[] target, int offset, int length) throws IOException {
        return pages.read(position, target, offset, length);
    }

    @Override
    public long size() throws IOException {
        return file.length();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The salts in the header of a WAL file: the name of a generation, the time between two resets of the WAL.
 *
 * @param salt1 first salt; 0 like the second if the file has no header
 */
record WalSalts(int salt1, int salt2) {
    static final WalSalts NONE = new WalSalts(0, 0);

    private static final int HEADER_BYTES = 32;
    private static final int SALT_OFFSET = 16;

    /** Reads the header. The WAL file, unlike the main file, may be opened and closed by anyone. */
    static WalSalts read(Path wal) throws IOException {
        // With every commit, so in as few calls to the system as it takes.
        try (FileChannel file = FileChannel.open(wal, StandardOpenOption.READ)) {
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            while (header.hasRemaining()) {
                if (file.read(header) < 0) {
                    return NONE;
                }
            }
            return new WalSalts(header.getInt(SALT_OFFSET), header.getInt(SALT_OFFSET + Integer.BYTES));
        } catch (NoSuchFileException e) {
            return NONE;
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

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
        if (!Files.exists(wal)) {
            return NONE;
        }
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "r")) {
            if (file.length() < HEADER_BYTES) {
                return NONE;
            }
            file.seek(SALT_OFFSET);
            return new WalSalts(file.readInt(), file.readInt());
        }
    }
}

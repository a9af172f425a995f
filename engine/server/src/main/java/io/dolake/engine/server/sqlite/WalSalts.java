/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The salts in the header of a WAL file. They identify a generation of the WAL: the time between two resets.
 *
 * @param salt1 first salt; 0 like the second if the file has no header
 */
public record WalSalts(int salt1, int salt2) {
    static final WalSalts NONE = new WalSalts(0, 0);

    private static final int SALT_OFFSET = 16;
    private static final int SALT_BYTES = 2 * Integer.BYTES;

    /** Reads the header. The WAL file, unlike the main file, may be opened and closed by anyone. */
    public static WalSalts read(Path wal) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "r")) {
            return read(file);
        } catch (FileNotFoundException e) {
            if (Files.exists(wal)) {
                throw e;
            }
            return NONE;
        }
    }

    /** Reads the header of a WAL that is open; moves the position of the file. */
    public static WalSalts read(RandomAccessFile wal) throws IOException {
        byte[] bytes = new byte[SALT_BYTES];
        wal.seek(SALT_OFFSET);
        int length = 0;
        while (length < bytes.length) {
            int read = wal.read(bytes, length, bytes.length - length);
            if (read < 0) {
                return NONE;
            }
            length += read;
        }
        ByteBuffer salts = ByteBuffer.wrap(bytes);
        return new WalSalts(salts.getInt(), salts.getInt());
    }
}

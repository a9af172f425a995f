/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import io.dolake.engine.server.testkit.StoredFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The changes and syncs that the fault library has recorded ({@code FAULTS_UNDO}; struct undo in {@code faults.c}). */
final class UndoNotes {
    private static final int FIELDS = 5;

    private UndoNotes() {}

    enum Type {
        CHANGED,
        SYNCED,
        CREATED,
        UNLINKED,
        RENAMED
    }

    /** The fields mean what they mean in struct undo. */
    record Note(long number, Type type, long inode, long offset, byte[] bytes, long size) {
        boolean isOfName() {
            return type != Type.CHANGED && type != Type.SYNCED;
        }

        /** The path, or both of a renaming. */
        List<Path> paths() {
            return List.of(new String(bytes, StandardCharsets.UTF_8).split("\0")).stream()
                    .map(Path::of)
                    .toList();
        }
    }

    static List<Note> read(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        List<Note> notes = new ArrayList<>();
        while (in.remaining() >= FIELDS * Long.BYTES) {
            Type type = Type.values()[(int) in.getLong() - 1];
            long inode = in.getLong();
            long offset = in.getLong();
            byte[] bytes = new byte[(int) in.getLong()];
            long size = in.getLong();
            if (in.remaining() < bytes.length) {
                // Killed while it was noted: the change itself was not made.
                break;
            }
            in.get(bytes);
            notes.add(new Note(notes.size(), type, inode, offset, bytes, size));
        }
        return notes;
    }

    /** Where the library keeps files that have no name any more, by inode. */
    static Path kept(Path file) {
        return file.resolveSibling(file.getFileName() + ".kept");
    }

    static void delete(Path file) throws IOException {
        for (Path path : StoredFiles.below(kept(file))) {
            Files.delete(path);
        }
        Files.delete(kept(file));
        Files.delete(file);
    }
}

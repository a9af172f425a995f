/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Makes of the files that a killed process left what a power cut could have left: of what was written to a file and not
 * synced, nothing, the first changes, or any sectors; of the names that were changed and not synced, see
 * {@link LostNames}.
 */
final class PowerCut {
    private static final int SECTOR_BYTES = 512;

    /** What was at a place of a file, and how long the file was, before entry {@code number}. */
    private record Change(long number, int offset, byte[] bytes, int size) {}

    private PowerCut() {}

    /** @return files that have lost something */
    static int apply(Path directory, Path undo, Random random) throws IOException {
        List<UndoNotes.Note> notes = UndoNotes.read(undo);
        int files = LostNames.apply(notes, UndoNotes.kept(undo), random);
        Map<Long, List<Change>> unsynced = unsynced(notes);
        for (Map.Entry<Long, Path> file : byInode(directory).entrySet()) {
            List<Change> changes = unsynced.getOrDefault(file.getKey(), List.of());
            if (!changes.isEmpty()) {
                byte[] now = Files.readAllBytes(file.getValue());
                Files.write(file.getValue(), left(now, changes, random));
                files++;
            }
        }
        return files;
    }

    private static Map<Long, Path> byInode(Path directory) throws IOException {
        Map<Long, Path> files = new HashMap<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            for (Path path : walk.filter(Files::isRegularFile).toList()) {
                files.put((Long) Files.getAttribute(path, "unix:ino"), path);
            }
        }
        return files;
    }

    private static Map<Long, List<Change>> unsynced(List<UndoNotes.Note> notes) {
        Map<Long, List<Change>> unsynced = new HashMap<>();
        for (UndoNotes.Note note : notes) {
            List<Change> changes = unsynced.computeIfAbsent(note.inode(), i -> new ArrayList<>());
            if (note.type() == UndoNotes.Type.CHANGED) {
                changes.add(new Change(note.number(), (int) note.offset(), note.bytes(), (int) note.size()));
            } else if (note.type() == UndoNotes.Type.SYNCED) {
                changes.removeIf(change -> change.number < note.offset());
            }
        }
        return unsynced;
    }

    private static byte[] undone(byte[] now, List<Change> changes) {
        byte[] bytes = now;
        for (Change change : newestFirst(changes)) {
            bytes = Arrays.copyOf(bytes, change.size);
            System.arraycopy(change.bytes, 0, bytes, change.offset, change.bytes.length);
        }
        return bytes;
    }

    private static List<Change> newestFirst(List<Change> changes) {
        List<Change> reversed = new ArrayList<>(changes);
        Collections.reverse(reversed);
        return reversed;
    }

    private static byte[] left(byte[] now, List<Change> changes, Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> undone(now, changes);
            case 1 -> undone(now, changes.subList(random.nextInt(changes.size()), changes.size()));
            // What is written to a file after it was cut cannot be there without the cut: no such file is mixed.
            default -> isCut(now, changes) ? undone(now, changes) : mixed(now, undone(now, changes), random);
        };
    }

    private static boolean isCut(byte[] now, List<Change> changes) {
        int size = now.length;
        for (Change change : newestFirst(changes)) {
            if (change.size > size) {
                return true;
            }
            size = change.size;
        }
        return false;
    }

    private static byte[] mixed(byte[] now, byte[] synced, Random random) {
        byte[] mixed = Arrays.copyOf(synced, random.nextBoolean() ? now.length : synced.length);
        int end = Math.min(now.length, mixed.length);
        for (int at = 0; at < end; at += SECTOR_BYTES) {
            if (random.nextBoolean()) {
                System.arraycopy(now, at, mixed, at, Math.min(SECTOR_BYTES, end - at));
            }
        }
        return mixed;
    }
}

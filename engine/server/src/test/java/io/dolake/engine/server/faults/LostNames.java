/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.faults;

import io.dolake.engine.server.faults.UndoNotes.Note;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Takes back what a power cut could have lost of names: files made, removed or renamed since the directory was synced.
 * All of it, the last of it, or any of it: only ext4 and its like keep the order in which names of one directory
 * change.
 */
final class LostNames {
    private LostNames() {}

    /** @return changes that were taken back */
    static int apply(List<Note> notes, Path kept, Random random) throws IOException {
        List<Note> unsynced = unsynced(notes);
        Collections.reverse(unsynced);
        int way = random.nextInt(3);
        int last = unsynced.isEmpty() ? 0 : random.nextInt(unsynced.size() + 1);
        Set<Path> settled = new HashSet<>();
        int lost = 0;
        for (int i = 0; i < unsynced.size(); i++) {
            Note note = unsynced.get(i);
            boolean isWanted = way == 0 || (way == 1 ? i < last : random.nextBoolean());
            // A name that a later change has kept cannot be without the earlier ones.
            if (isWanted && Collections.disjoint(settled, note.paths())) {
                takeBack(note, kept);
                lost++;
            } else {
                settled.addAll(note.paths());
            }
        }
        return lost;
    }

    private static List<Note> unsynced(List<Note> notes) {
        List<Note> unsynced = new ArrayList<>();
        for (Note note : notes) {
            if (note.isOfName()) {
                unsynced.add(note);
            } else if (note.type() == UndoNotes.Type.SYNCED) {
                unsynced.removeIf(name -> name.offset() == note.inode() && name.number() < note.offset());
            }
        }
        return unsynced;
    }

    /** What was noted and then not done, since the process was killed, needs nothing. */
    private static void takeBack(Note note, Path kept) throws IOException {
        Path path = note.paths().get(0);
        switch (note.type()) {
            case CREATED -> Files.deleteIfExists(path);
            case UNLINKED -> link(kept, note.inode(), path);
            case RENAMED -> {
                Path to = note.paths().get(1);
                if (Files.exists(to) && Files.getAttribute(to, "unix:ino").equals(note.inode())) {
                    Files.move(to, path);
                    if (note.size() != 0) {
                        link(kept, note.size(), to);
                    }
                }
            }
            default -> throw new IllegalArgumentException("no change of a name: " + note);
        }
    }

    private static void link(Path kept, long inode, Path name) throws IOException {
        if (!Files.exists(name)) {
            Files.createLink(name, kept.resolve(Long.toString(inode)));
        }
    }
}

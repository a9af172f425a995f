/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Identifies a state of a database file and its log: if two of these are equal, everything read in between was read
 * from one state. Commits that were only appended to the log do not count as a change.
 *
 * @param key identifies the file at its path, null if unknown
 * @param log the header of the log; empty without one
 * @param checkpointed frames of the log that are, or may be, in the file; empty if unknown
 */
record FileTraces(Object key, long size, FileTime modified, Optional<WalHeader> log, Optional<Integer> checkpointed) {

    /** The present state. */
    static FileTraces of(ForeignDatabase database) throws IOException {
        Optional<WalHeader> header;
        try (WalLog log = new WalLog(database.wal())) {
            header = log.header();
        }
        Optional<Integer> checkpointed =
                header.isEmpty() ? Optional.empty() : new WalIndex(database.index()).checkpointed(header.get());
        BasicFileAttributes attributes = Files.readAttributes(database.file(), BasicFileAttributes.class);
        return new FileTraces(
                attributes.fileKey(), attributes.size(), attributes.lastModifiedTime(), header, checkpointed);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * What tells that a database and its log are not what they were: if two of these are equal, what was read in between was
 * read from one state. Commits that were only appended to the log are no change.
 *
 * @param key what tells the file from another at its path, null where that is not known
 * @param log the header of the log; empty without one
 * @param checkpointed frames of the log that are, or may be, in the file; empty if that is not told
 */
record FileTraces(Object key, long size, FileTime modified, Optional<WalHeader> log, Optional<Integer> checkpointed) {

    /** As of now. */
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

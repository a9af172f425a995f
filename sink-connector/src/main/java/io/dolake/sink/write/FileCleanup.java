/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import java.util.Collection;
import org.apache.iceberg.io.FileIO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes files that no snapshot refers to. */
final class FileCleanup {
    private static final Logger LOG = LoggerFactory.getLogger(FileCleanup.class);

    private FileCleanup() {}

    /** Removes the files that it can; a file that remains is an orphan, harmless except for its size. */
    static void delete(FileIO io, Collection<String> locations) {
        for (String location : locations) {
            try {
                io.deleteFile(location);
            } catch (RuntimeException e) {
                LOG.debug("Cannot remove {}: it stays as an orphan", location, e);
            }
        }
    }
}

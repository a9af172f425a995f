/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

/** Where a task can be stopped, in the order in which it gets there. */
public enum Step {
    /** Partitions are assigned, the lake's offsets looked up. */
    OPENED,
    /** Records are in the buffer. */
    TAKEN,
    TABLE_CREATING,
    TABLE_CREATED,
    DATA_FILE_CREATING,
    DATA_FILE_WRITTEN,
    DELETE_FILE_CREATING,
    DELETE_FILE_WRITTEN,
    MANIFEST_WRITTEN,
    MANIFEST_LIST_WRITTEN,
    /** The transaction is about to be sent to the catalog. */
    COMMITTING,
    /** The new metadata is a file, the catalog still points to the old. */
    METADATA_WRITTEN,
    /** The catalog has the commit, the task does not know. */
    COMMITTED,
    OFFSETS_ASKED,
    /** The task has said how far the lake is, the group's offsets are not committed. */
    OFFSETS_SAID,
    CLOSING,
    CLOSED;

    public boolean isCreation() {
        return this == TABLE_CREATING || this == TABLE_CREATED;
    }

    /** Whether a process gets there a few times only. */
    public boolean isRare() {
        return isCreation() || isRebalance() || this == OPENED;
    }

    /** Whether it takes a rebalance to get there. */
    public boolean isRebalance() {
        return this == CLOSING || this == CLOSED;
    }

    /** The step of creating or having closed a file; null if it is none. */
    static Step ofFile(String location, boolean isClosed) {
        String name = location.substring(location.lastIndexOf('/') + 1);
        if (name.endsWith(".puffin") || name.endsWith("-deletes.parquet")) {
            return isClosed ? DELETE_FILE_WRITTEN : DELETE_FILE_CREATING;
        }
        if (name.endsWith(".parquet")) {
            return isClosed ? DATA_FILE_WRITTEN : DATA_FILE_CREATING;
        }
        if (!isClosed) {
            return null;
        }
        if (name.endsWith(".metadata.json")) {
            return METADATA_WRITTEN;
        }
        return name.startsWith("snap-") ? MANIFEST_LIST_WRITTEN : MANIFEST_WRITTEN;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import io.dolake.sink.catalog.CommitConflict;
import java.util.Iterator;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * Allows a commit on one snapshot only: the one whose offsets were compared and whose rows were looked up. With any
 * other head both must be repeated.
 */
public record HeadValidator(Long expectedSnapshotId) implements SnapshotAncestryValidator {
    private static final String MOVED = "the table is no longer at snapshot ";

    @Override
    public boolean validate(Iterable<Snapshot> baseSnapshots) {
        Iterator<Snapshot> ancestry = baseSnapshots.iterator();
        Long head = ancestry.hasNext() ? ancestry.next().snapshotId() : null;
        return Objects.equals(head, expectedSnapshotId);
    }

    @Override
    public String errorMessage() {
        return MOVED + expectedSnapshotId;
    }

    /** Whether this check refused a commit: then another writer has committed. */
    public static boolean hasRefused(RuntimeException failure) {
        return failure instanceof ValidationException && says(failure, MOVED);
    }

    /**
     * Whether a commit was refused for what another writer may have committed: Iceberg makes some checks before this
     * one.
     */
    static boolean isAboutOthers(RuntimeException failure) {
        return hasRefused(failure) || says(failure, "missing data files") || says(failure, "conflicting");
    }

    private static boolean says(RuntimeException failure, String text) {
        return String.valueOf(failure.getMessage()).contains(text);
    }

    /**
     * Whether Iceberg found something wrong with the commit while another writer committed: the cause may be either.
     */
    public static boolean isDoubtful(CommitConflict conflict) {
        return conflict.getCause() instanceof ValidationException cause && !isAboutOthers(cause);
    }
}

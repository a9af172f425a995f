/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.Iterator;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotAncestryValidator;

/**
 * Lets a commit through on one snapshot only: the one whose offsets were compared and whose rows were looked up. Any other
 * head means that both must be done again.
 */
record HeadValidator(Long expectedSnapshotId) implements SnapshotAncestryValidator {
    @Override
    public boolean validate(Iterable<Snapshot> baseSnapshots) {
        Iterator<Snapshot> ancestry = baseSnapshots.iterator();
        Long head = ancestry.hasNext() ? ancestry.next().snapshotId() : null;
        return Objects.equals(head, expectedSnapshotId);
    }

    @Override
    public String errorMessage() {
        return "the table is no longer at snapshot " + expectedSnapshotId;
    }
}

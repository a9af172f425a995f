/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.maintenance;

import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.StructLike;

/**
 * Data files of one partition, with their deletes, to be rewritten together. {@code sequenceNumber} is that of the
 * snapshot for which the rewrite was planned.
 */
record CompactionGroup(PartitionSpec spec, StructLike partition, List<FileScanTask> files, long sequenceNumber) {}

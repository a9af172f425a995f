/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where a task stands in its topic partitions: positions, starting offsets by table, and what tells a topic that was
 * made anew. The records themselves are handled in {@code task}.
 */
package io.dolake.sink.offsets;

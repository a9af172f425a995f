/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The position of a task in its topic partitions: offsets, starting offsets from the tables, and detection of recreated
 * topics. The records themselves are handled in {@code task}.
 */
package io.dolake.sink.offsets;

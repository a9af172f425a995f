/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compaction, expiry of snapshots and removal of orphan files, with the sink running or without it. When it is due is
 * decided in {@code task}.
 */
package io.dolake.sink.maintenance;

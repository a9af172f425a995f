/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Compaction, snapshot expiry and removal of orphan files, with or without a running sink. {@code task} decides when it
 * is due.
 */
package io.dolake.sink.maintenance;

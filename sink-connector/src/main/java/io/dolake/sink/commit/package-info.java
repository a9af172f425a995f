/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One commit of one table, with its retries: from a buffer to data files, deletes, offsets and the snapshot that
 * holds them all. The files are written by {@code write}; when a commit is due is decided in {@code task}.
 */
package io.dolake.sink.commit;

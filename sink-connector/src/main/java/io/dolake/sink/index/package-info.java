/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Where each key of a table has its row, so that updates and deletes become position deletes: built from the table's
 * files, kept up to date with each commit, bounded in memory and on disk. It can always be built again; nothing is
 * lost with it.
 */
package io.dolake.sink.index;

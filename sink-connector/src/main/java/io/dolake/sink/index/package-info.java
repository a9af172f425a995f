/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The position of each key's row in a table, so that updates and deletes become position deletes: built from the
 * table's files, updated with each commit, bounded in memory and on disk. It can always be rebuilt, so losing it loses
 * no data.
 */
package io.dolake.sink.index;

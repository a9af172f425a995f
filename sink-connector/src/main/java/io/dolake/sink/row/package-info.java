/* SPDX-License-Identifier: Apache-2.0 */
/**
 * One row in memory: its columns, its compact encoding, its key and the hash of it. Values arrive already converted
 * by {@code types}.
 */
package io.dolake.sink.row;

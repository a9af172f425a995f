/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The rows that wait for the next commit of their table, and the memory that tasks and workers may spend on them. How
 * a row is encoded is in {@code row}.
 */
package io.dolake.sink.buffer;

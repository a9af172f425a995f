/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The thread of a task: records come in, are buffered by table, and leave as commits; tables that fail are suspended
 * and resumed here. How one table is committed is in {@code commit}, where the task begins to read in {@code
 * offsets}.
 */
package io.dolake.sink.task;

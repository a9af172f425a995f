/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A table in its catalog: loading, creating, evolving the schema, its branch, and the properties in which it keeps
 * the offsets that it holds. Rows are written by {@code write}, commits are made by {@code commit}.
 */
package io.dolake.sink.table;

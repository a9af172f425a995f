/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Runs the statements of users: requests, connections, cursors, deadlines, and the guard that refuses statements. Who
 * may write, and in which transaction, is decided in {@code database}.
 */
package io.dolake.engine.server.sql;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What runs statements of users: requests, connections, cursors, deadlines, and what is refused. Who may write,
 * and in which transaction, is decided in {@code database}.
 */
package io.dolake.engine.server.sql;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What can be told of SQL by its text alone. Nothing here has a connection.
 */
package io.dolake.engine.server.sqltext;

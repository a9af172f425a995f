/* SPDX-License-Identifier: Apache-2.0 */
/** Analysis of SQL by its text alone, without a connection. */
package io.dolake.engine.server.sqltext;

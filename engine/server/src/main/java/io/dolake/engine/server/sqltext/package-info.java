/* SPDX-License-Identifier: Apache-2.0 */
/** Analysis of SQL by its text alone, without parsing it. Nothing here has a connection. */
package io.dolake.engine.server.sqltext;

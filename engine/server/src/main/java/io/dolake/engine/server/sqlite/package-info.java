/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Access to SQLite and its files: connections and their limits, errors, functions, headers. Statements of users do not
 * run here, and nothing here depends on the change log.
 */
package io.dolake.engine.server.sqlite;

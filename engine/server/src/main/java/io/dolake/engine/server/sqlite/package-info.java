/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What knows SQLite and its files: connections and their limits, errors, functions, headers. The statements of
 * users are not run here, and nothing here knows of the change log.
 */
package io.dolake.engine.server.sqlite;

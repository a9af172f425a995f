/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The tokens of SQL text, as SQLite splits it. What a module makes of them, such as the kind of a statement, is in that
 * module.
 */
package io.dolake.schemas.sql;

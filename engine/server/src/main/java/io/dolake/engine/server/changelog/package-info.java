/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The change log beside a database: its tables, its state, its retention, its reading, its checking, and the
 * moving of segments to the archive. Where its segments come from is not here, and neither is the store that
 * archived ones go to.
 */
package io.dolake.engine.server.changelog;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The change log of a database: its tables, state, retention, reading, verification, and the archiving of segments.
 * Capture, which makes the segments, and the object stores are in other packages.
 */
package io.dolake.engine.server.changelog;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The form of a segment of changes, and the object stores that archived segments go to. Which segments are
 * archived, and when, is decided in {@code changelog}.
 */
package io.dolake.engine.server.archive;

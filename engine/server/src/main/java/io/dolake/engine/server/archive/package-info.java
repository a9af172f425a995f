/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Segments of the change log, their form as archived objects, and the object stores. Which segments are archived, and
 * when, is decided in {@code changelog}.
 */
package io.dolake.engine.server.archive;

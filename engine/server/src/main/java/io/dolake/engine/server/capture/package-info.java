/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The way from the WAL into the change log: decoding, the positions of commits, checkpoints, the turn to write,
 * and what holds writers back when the log is behind. How the log is stored is not here, and neither is who
 * reads it.
 */
package io.dolake.engine.server.capture;

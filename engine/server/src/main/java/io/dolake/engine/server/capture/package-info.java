/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Capture of the WAL into the change log: decoding, the LSNs of commits, checkpoints, the write lock, and back-pressure
 * when the log is behind. Storing and reading the log are in other packages.
 */
package io.dolake.engine.server.capture;

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

/**
 * What is committed and not in the change log.
 *
 * @param limitBytes writers are refused when it is as much
 * @param writeDelayMs how long each write transaction waits because of it
 */
public record CaptureLag(long bytes, long limitBytes, long writeDelayMs) {}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.capture;

/**
 * The amount of committed data that is not yet in the change log.
 *
 * @param limitBytes writers are refused when the lag reaches it
 * @param writeDelayMs how long each write transaction waits because of the lag
 */
public record CaptureLag(long bytes, long limitBytes, long writeDelayMs) {}

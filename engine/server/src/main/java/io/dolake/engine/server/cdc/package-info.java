/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Streams of changes from the change log to consumers: requests, batches, send rate, and the window of unacknowledged
 * batches. The WebSocket is in {@code http}.
 */
package io.dolake.engine.server.cdc;

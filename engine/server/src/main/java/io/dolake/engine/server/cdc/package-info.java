/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The way from the change log to a consumer: what it asks for, and in which batches, how fast and how far ahead
 * it gets them. The socket that carries them is in {@code http}.
 */
package io.dolake.engine.server.cdc;

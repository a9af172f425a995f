/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.schemas.Lsn;

/**
 * A batch of changes in the form in which it is sent, and sent again if the consumer refuses it.
 *
 * @param sequence from 1
 * @param block entries in the encoding of section 4 of the specification
 * @param events row and schema changes
 * @param before transactions up to this LSN are complete before this batch
 * @param after transactions up to this LSN are complete with this batch
 */
public record Batch(long sequence, byte[] block, long events, Lsn before, Lsn after) {}

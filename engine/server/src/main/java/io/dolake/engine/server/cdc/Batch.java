/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.schemas.Lsn;

/**
 * A batch of changes as it is sent, and sent again if it is refused.
 *
 * @param sequence from 1
 * @param block entries in the encoding of section 4 of the specification
 * @param events row and schema changes
 * @param before every transaction up to it is whole before this batch
 * @param after every transaction up to it is whole with this batch
 */
public record Batch(long sequence, byte[] block, long events, Lsn before, Lsn after) {}

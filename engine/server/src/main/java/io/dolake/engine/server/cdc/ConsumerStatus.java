/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.schemas.Lsn;

/** The status of one subscription. */
public record ConsumerStatus(String id, Lsn ackedLsn, Lsn sentLsn, long pendingEvents, double bufferUtilization) {}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.data.Envelope.Operation;
import io.debezium.relational.TableId;
import io.dolake.schemas.Lsn;

/**
 * A change of a captured table, ready to be emitted.
 *
 * @param event its index in the transaction
 * @param before values in the order of the event's columns, or null
 * @param after likewise
 */
record SelectedChange(long event, TableId table, Lsn schemaLsn, Operation operation, Object[] before, Object[] after) {}

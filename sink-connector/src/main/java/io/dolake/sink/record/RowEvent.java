/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * One event of a row, whatever the form of its record.
 *
 * @param op operation, as Debezium's letter: c, r, u, d, t
 * @param source source block, null if there is none
 * @param before image before, null if there is none
 * @param after image after, null for deletes and truncates
 * @param dropped fields of the images that are not columns
 */
record RowEvent(SinkRecord record, String op, Object source, Struct before, Struct after, Set<String> dropped) {}

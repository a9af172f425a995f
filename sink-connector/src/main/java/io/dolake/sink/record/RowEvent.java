/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

import java.util.Set;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * What happened to a row, whatever form the record had.
 *
 * @param op operation in Debezium's letters: c, r, u, d, t
 * @param source source block, null if there is none
 * @param before image before, null if there is none
 * @param after image after, null of deletes and truncates
 * @param dropped fields of the images that are no columns
 */
record RowEvent(SinkRecord record, String op, Object source, Struct before, Struct after, Set<String> dropped) {}

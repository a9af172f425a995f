/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a Kafka record to changes of rows: Debezium envelopes and flat records, table and column names, keys, and
 * schemas inferred for records without one. Types of values are mapped in {@code types}; {@code task} decides what
 * happens to a refused record.
 */
package io.dolake.sink.record;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * From a Kafka record to changes of rows: envelopes of Debezium and flat records, table and column names, keys, and
 * what a record without a schema lets us conclude. Types of values are mapped in {@code types}; what becomes of a
 * refused record is decided in {@code task}.
 */
package io.dolake.sink.record;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Values: which Iceberg type a column gets, and how a value of Connect or Debezium becomes one of it, exactly or not
 * at all. Nothing here knows tables or records.
 */
package io.dolake.sink.types;

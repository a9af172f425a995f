/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Values: the Iceberg type of each column, and the exact conversion of Connect and Debezium values to it, or their
 * refusal. Nothing here knows tables or records.
 */
package io.dolake.sink.types;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Taking a table over from the Apache Iceberg sink: its offsets and the files that it has written but not committed.
 * It is used once, from the command line.
 */
package io.dolake.sink.takeover;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The sink connector as Kafka Connect sees it: the classes that a worker creates by name. The handling of records is in
 * {@code task}; settings are in {@code config}.
 */
package io.dolake.sink;

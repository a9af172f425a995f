/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The status of a task, as an MBean and in the log, and the requests that arrive through it. Nothing is decided here:
 * other packages report to it.
 */
package io.dolake.sink.status;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What a task tells about itself, as an MBean and in the log, and the requests that come in through it. Nothing is
 * decided here: other packages report to it.
 */
package io.dolake.sink.status;

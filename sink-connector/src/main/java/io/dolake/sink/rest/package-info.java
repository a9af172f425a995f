/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The REST resources that the plugin adds to a Connect worker, based on the MBeans of its own tasks and those of the
 * other workers. The state that they show is kept in {@code status}.
 */
package io.dolake.sink.rest;

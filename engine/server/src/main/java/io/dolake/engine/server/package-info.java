/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The server as a process: its start from the environment, and its stop. Whatever it serves is in the packages
 * below, none of which knows this one.
 */
package io.dolake.engine.server;

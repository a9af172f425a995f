/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The server process: starting it from environment variables, and stopping it. The packages below do the serving; none
 * of them depends on this one.
 */
package io.dolake.engine.server;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading and writing of JSON: requests, values, errors, and what reading costs. What the messages are about is
 * not here.
 */
package io.dolake.engine.server.json;

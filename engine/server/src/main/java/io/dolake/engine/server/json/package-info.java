/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Reading and writing of JSON: requests, values, errors, and the memory that reading takes. The content of the messages
 * is defined elsewhere.
 */
package io.dolake.engine.server.json;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The protocol: HTTP requests, the WebSockets of sessions and change streams, and JSON replies. What a request does to
 * a database is decided in {@code database} and the packages below it.
 */
package io.dolake.engine.server.http;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The protocol: HTTP requests, the sockets of sessions and of change streams, and the replies in JSON. What a
 * request does to a database is not decided here, but in {@code database} and below.
 */
package io.dolake.engine.server.http;

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Memory;

/**
 * Resources that all connections of users share.
 *
 * @param deadlines interrupt statements that run for too long
 * @param memory the memory of requests and their replies
 */
public record ConnectionResources(ServerConfig config, Deadlines deadlines, Memory memory) {}

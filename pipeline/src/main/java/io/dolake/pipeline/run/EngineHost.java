/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ServerConfig;
import java.nio.file.Path;

/** The engine and its server, in this process. */
final class EngineHost {
    private final DoSqlServer server;

    private EngineHost(DoSqlServer server) {
        this.server = server;
    }

    /**
     * Limits, archive and authentication are those of the environment, as for an engine by itself.
     *
     * @param token of ourselves
     */
    static EngineHost start(Path directory, Ports ports, String token) {
        return new EngineHost(DoSqlServer.start(ServerConfig.of(directory)
                .withHost(Ports.HOST)
                .withPort(ports.engine())
                .withSettings(Environment.forEngine(System.getenv()))
                .withLocalToken(token)));
    }

    void stop() {
        server.close();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;

/** A distributed Connect worker, configured by the shipped worker file. */
final class Worker {
    private final Connect<?> connect;

    private Worker(Connect<?> connect) {
        this.connect = connect;
    }

    /** Starts the worker; returns when its REST server listens, which is before it has joined its group. */
    static Worker start(Installation installation, Home home, Ports ports) {
        Map<String, String> settings = settings(installation, home, ports);
        try {
            return new Worker(new ConnectDistributed().startConnect(settings));
        } catch (ExitRefused | RuntimeException e) {
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot start the Connect worker: " + e.getMessage(), e)
                    .withHint("The reason is in " + home.logs().resolve("pipeline.log") + ".");
        }
    }

    /** The shipped file, with what depends on the place put over it. */
    static Map<String, String> settings(Installation installation, Home home, Ports ports) {
        Map<String, String> settings = new HashMap<>();
        PropertiesFile.read(installation.workerFile())
                .forEach((name, value) -> settings.put(name.toString(), value.toString()));
        settings.put("bootstrap.servers", ports.bootstrapServers());
        settings.put("listeners", ports.connectUrl());
        settings.put("plugin.path", String.join(",", installation.pluginPath()));
        settings.put("config.providers.env.class", Variables.class.getName());
        variables(home, ports).forEach((name, value) -> settings.put("config.providers.env.param." + name, value));
        return settings;
    }

    /** What the connector configurations leave to the environment. */
    private static Map<String, String> variables(Home home, Ports ports) {
        return Map.of(
                "DOSQL_HOST",
                Ports.HOST,
                "DOSQL_PORT",
                Integer.toString(ports.engine()),
                "DOLAKE_CATALOG_TYPE",
                "jdbc",
                "DOLAKE_CATALOG_URI",
                "jdbc:sqlite:" + home.catalog() + "?busy_timeout=10000",
                "DOLAKE_WAREHOUSE",
                home.warehouse().toString());
    }

    void stop() {
        connect.stop();
        connect.awaitStop();
    }

    /** Thrown in place of the end of the process that Connect wants when its start fails. */
    static final class ExitRefused extends Error {
        private static final long serialVersionUID = 1L;

        ExitRefused(int status) {
            super("it gave up with status " + status);
        }
    }
}

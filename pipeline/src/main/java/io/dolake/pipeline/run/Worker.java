/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;
import org.slf4j.LoggerFactory;

/** A distributed Connect worker, configured by the shipped worker file. */
final class Worker {
    private static final String REST_EXTENSIONS = "rest.extension.classes";

    private final Connect<?> connect;

    private Worker(Connect<?> connect) {
        this.connect = connect;
    }

    /**
     * Starts the worker; returns when its REST server listens, which is before it has joined its group. A worker gives
     * up if its REST extension cannot be loaded; the extension is the sink's, and a sink that is broken must not take
     * the source with it.
     */
    static Worker start(Installation installation, Home home, Ports ports) {
        Map<String, String> settings = settings(installation, home, ports);
        try {
            return new Worker(new ConnectDistributed().startConnect(settings));
        } catch (ExitRefused e) {
            LoggerFactory.getLogger(Worker.class)
                    .error("The worker gave up; it is started without {}", settings.get(REST_EXTENSIONS), e);
            settings.put(REST_EXTENSIONS, SourceExtension.class.getName());
        } catch (RuntimeException e) {
            throw fault(home, e);
        }
        try {
            return new Worker(new ConnectDistributed().startConnect(settings));
        } catch (ExitRefused | RuntimeException e) {
            throw fault(home, e);
        }
    }

    private static DoLakeException fault(Home home, Throwable error) {
        DoLakeException fault = StartFault.of("the Connect worker", error);
        return fault.hint().isPresent()
                ? fault
                : fault.withHint("The reason is in " + home.logs().resolve("pipeline.log") + ".");
    }

    /** The shipped file, with what depends on the place put over it. */
    static Map<String, String> settings(Installation installation, Home home, Ports ports) {
        Map<String, String> settings = new HashMap<>();
        PropertiesFile.read(installation.workerFile())
                .forEach((name, value) -> settings.put(name.toString(), value.toString()));
        settings.put("bootstrap.servers", ports.bootstrapServers());
        settings.put("listeners", ports.connectUrl());
        settings.put("plugin.path", String.join(",", installation.pluginPath()));
        settings.merge(REST_EXTENSIONS, SourceExtension.class.getName(), (theirs, ours) -> theirs + "," + ours);
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
                EngineToken.FILE,
                home.engineToken().toString(),
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

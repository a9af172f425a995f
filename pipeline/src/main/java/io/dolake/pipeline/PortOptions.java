/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Environment;
import io.dolake.pipeline.run.Ports;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The ports that a command which starts the pipeline takes. */
final class PortOptions {
    @Option(
            names = "--engine-port",
            paramLabel = "PORT",
            description = "HTTP and WebSocket of the engine. Default DOSQL_PORT, else 8790; 0 takes any free port.")
    private Integer engine;

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "Kafka broker. Default 9092; 0 as above.")
    private Integer kafka;

    @Option(
            names = "--connect-port",
            paramLabel = "PORT",
            description = "REST of the Connect worker. Default 8083; 0 as above.")
    private Integer connect;

    /** Throws INVALID_ARGUMENT for an invalid port; without an option the environment names the engine's. */
    void check() {
        if (engine == null) {
            engine = Environment.enginePort();
        }
        check("--engine-port", engine);
        check("--kafka-port", kafka);
        check("--connect-port", connect);
    }

    private static void check(String option, Integer port) {
        if (port != null && (port < 0 || port > 65_535)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT, "Cannot use " + option + " " + port + ": a port is 0 to 65535");
        }
    }

    Ports.Wish wish() {
        return new Ports.Wish(engine, kafka, connect);
    }

    /** The options as they were given, for another process. */
    List<String> arguments() {
        List<String> arguments = new ArrayList<>();
        add(arguments, "--engine-port", engine);
        add(arguments, "--kafka-port", kafka);
        add(arguments, "--connect-port", connect);
        return arguments;
    }

    private static void add(List<String> arguments, String name, Integer port) {
        if (port != null) {
            arguments.add(name);
            arguments.add(port.toString());
        }
    }
}

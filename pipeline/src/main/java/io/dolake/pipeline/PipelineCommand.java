/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.client.DoSqlClient;
import io.dolake.pipeline.health.Health;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Installation;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.run.RunningProcess;
import io.dolake.pipeline.sync.SinkProgress;
import io.dolake.pipeline.sync.Sync;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;

/** What the commands have in common: streams, the directory, the way to the running pipeline. */
abstract class PipelineCommand implements Callable<Integer> {
    private static final Pattern DATABASE_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    Main.Streams streams;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    final PrintStream out() {
        return streams.out();
    }

    final PrintStream err() {
        return streams.err();
    }

    final Home home() {
        return directory().home();
    }

    /** For the engine; null if there is none. */
    final String token() {
        return directory().token();
    }

    private Directory directory() {
        CommandLine root = spec.commandLine();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return (Directory) root.getCommandSpec().mixins().get("directory").userObject();
    }

    /** Where the running pipeline listens; an error if none runs. */
    final Ports running() {
        Home home = home();
        RunningProcess process = RunningProcess.of(home)
                .orElseThrow(() -> new DoLakeException(
                                ErrorCode.CONNECTION_ERROR,
                                "Cannot reach the pipeline in " + home.dir() + ": it does not run")
                        .withHint("Start it with ./dolake up --detach" + dirOption(home)));
        if (!process.ready()) {
            throw new DoLakeException(
                            ErrorCode.CONNECTION_ERROR,
                            "Cannot use the pipeline in " + home.dir() + ": it is starting or stopping")
                    .withHint("Try again in a few seconds.");
        }
        return Ports.last(home);
    }

    static String dirOption(Home home) {
        return home.equals(Home.of(java.nio.file.Path.of("data")))
                ? ""
                : " --dir " + quote(home.dir().toString());
    }

    private static String quote(String text) {
        return text.matches("[A-Za-z0-9/._-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }

    final DoSqlClient engine(Ports ports) {
        return engine(ports, token());
    }

    static DoSqlClient engine(Ports ports, String token) {
        return DoSqlClient.builder(URI.create(ports.engineUrl()))
                .connectTimeout(Duration.ofSeconds(10))
                .requestTimeout(Duration.ofMinutes(10))
                .token(token)
                .build();
    }

    static ConnectRest connect(Ports ports) {
        return new ConnectRest(ports.connectUrl());
    }

    final EngineRest engineRest(Ports ports) {
        return new EngineRest(ports.engineUrl(), token());
    }

    final Health health(Ports ports) {
        return health(ports, token());
    }

    private static Health health(Ports ports, String token) {
        return new Health(new EngineRest(ports.engineUrl(), token), connect(ports), Installation.current());
    }

    final Sync sync(Ports ports, DoSqlClient engine, SinkProgress sink) {
        return sync(ports, engine, sink, token());
    }

    static Sync sync(Ports ports, DoSqlClient engine, SinkProgress sink, String token) {
        return new Sync(engine, connect(ports), sink, health(ports, token));
    }

    static String databaseName(String name) {
        if (!DATABASE_NAME.matcher(name).matches()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot use '" + name + "' as the name of a database: not allowed")
                    .withHint(
                            "A name has 1 to 63 characters: a to z, 0 to 9, _ and -, and begins with a letter or a digit.");
        }
        return name;
    }

    static String seconds(Duration duration) {
        return String.format(java.util.Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}

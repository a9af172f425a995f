/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Environment;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line of the pipeline. Exit status: 0, 1 when the command failed, 2 when it was not understood, 3 when
 * {@code up} runs but some part of it does not work. Errors go to standard error as {@code CODE: message}, with a hint
 * on the next line where there is one.
 */
@Command(
        name = "dolake",
        header = {"Row changes out of SQLite databases and into Apache Iceberg tables, through Kafka Connect.", ""},
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footer = {
            "",
            "All state is in one directory, ./data unless --dir names another. Exit status: 0; 1 the"
                    + " command failed; 2 it was not understood; 3 up --detach: the pipeline runs, but some part of it"
                    + " does not work.",
            "More about a command: dolake help COMMAND."
        },
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            DownCommand.class,
            ImportCommand.class,
            SqlCommand.class,
            SyncCommand.class,
            FlushCommand.class,
            ResumeCommand.class,
            MaintainCommand.class,
            TakeoverCommand.class,
            VerifyCommand.class,
            LakeCommand.class,
            StatusCommand.class,
            WalCommand.class,
            TokenCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main implements Runnable {
    static final int FAILURE = 1;
    static final int USAGE = 2;
    /** Of {@code up}: it runs, but some part of it does not work. */
    static final int DEGRADED = 3;

    @CommandLine.Mixin
    private Directory directory;

    @CommandLine.Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    private boolean help;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Streams of a run; a test hands in its own. */
    record Streams(InputStream in, PrintStream out, PrintStream err) {}

    public static void main(String[] arguments) {
        Streams streams = new Streams(System.in, utf8(FileDescriptor.out), utf8(FileDescriptor.err));
        int status = run(List.of(arguments), streams);
        streams.out().flush();
        streams.err().flush();
        // Clients leave threads behind that are not daemons.
        Runtime.getRuntime().exit(status);
    }

    /** Runs one command; returns the exit status. */
    static int run(List<String> arguments, Streams streams) {
        CommandLine line = new CommandLine(new Main(), new Factory(streams));
        line.setOut(new PrintWriter(streams.out(), true));
        line.setErr(new PrintWriter(streams.err(), true));
        line.setUsageHelpAutoWidth(false);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler((error, given) -> {
            Failure.print(streams.err(), usageError(error));
            return USAGE;
        });
        line.setExecutionExceptionHandler((error, command, result) -> {
            streams.out().flush(); // what was done before it failed comes before why it failed
            return Failure.report(streams.err(), error, arguments);
        });
        try {
            Environment.requireKnown(System.getenv());
            return line.execute(arguments.toArray(String[]::new));
        } catch (DoLakeException | Error e) { // picocli passes errors through
            return Failure.report(streams.err(), e, arguments);
        }
    }

    private static DoLakeException usageError(CommandLine.ParameterException error) {
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        String reason = error.getMessage().lines().findFirst().orElse("").replaceAll("\\.$", "");
        String hint = "See: " + command + " --help";
        List<String> near = error instanceof CommandLine.UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions()
                : List.of();
        if (error instanceof CommandLine.UnmatchedArgumentException unmatched
                && !error.getCommandLine().getSubcommands().isEmpty()
                && !unmatched.isUnknownOption()) {
            reason = "there is no command '" + unmatched.getUnmatched().get(0) + "'";
        }
        if (!near.isEmpty()) {
            hint = "Did you mean " + String.join(" or ", near) + "? " + hint;
        }
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot run " + command + ": " + reason).withHint(hint);
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        BufferedOutputStream buffered = new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 16);
        return new PrintStream(buffered, false, StandardCharsets.UTF_8);
    }

    /** Gives commands their streams. */
    private record Factory(Streams streams) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            K object = CommandLine.defaultFactory().create(type);
            if (object instanceof PipelineCommand command) {
                command.streams = streams;
            }
            return object;
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Commands on write-ahead logs and change logs. */
@Command(
        name = "wal",
        header = "Reads the write-ahead log of any SQLite file; lists and verifies change logs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {WalDumpCommand.class, WalListCommand.class, WalVerifyCommand.class})
final class WalCommand extends PipelineCommand {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec own;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(own.commandLine(), "a command is missing");
    }
}

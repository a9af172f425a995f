/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.engine.server.auth.ApiKey;
import io.dolake.engine.server.auth.ApiKeyFile;
import io.dolake.pipeline.sql.JsonRow;
import io.dolake.pipeline.sql.TextTable;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** API keys of an engine, in its data directory: a running engine sees what changes there. */
@Command(
        name = "token",
        header = "Makes, lists and revokes the API keys of an engine; with the first one it needs a token of everyone.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {TokenCommand.Create.class, TokenCommand.ListKeys.class, TokenCommand.Revoke.class})
final class TokenCommand extends PipelineCommand {
    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Data directory (DOSQL_DATA_DIR) of an engine of its own. Default: the one in --dir.")
    private Path dataDirectory;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec own;

    @Override
    public Integer call() {
        throw new CommandLine.ParameterException(own.commandLine(), "a command is missing");
    }

    /** The keys of the engine that the options name. */
    private ApiKeyFile keys() {
        Path directory = dataDirectory == null ? home().engine() : dataDirectory;
        if (!Files.isDirectory(directory)) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT, "Cannot use API keys in " + directory + ": no such directory")
                    .withHint("Start the engine once, or name its data directory with --data-dir DIR.");
        }
        return new ApiKeyFile(directory);
    }

    /** Makes a key and prints its token. */
    @Command(
            name = "create",
            header = "Makes an API key and prints its token, now and never again.",
            description = {
                "",
                "RIGHTS are read, write (includes read), cdc (the change stream) and admin (includes all). In PATTERN,"
                        + " * stands for any characters. The source connector needs read,cdc."
            })
    static final class Create extends PipelineCommand {
        private static final Pattern LIFE = Pattern.compile("([1-9]\\d{0,4})([hd])");

        @CommandLine.ParentCommand
        private TokenCommand parent;

        @Parameters(index = "0", paramLabel = "NAME", description = "Says whose key it is.")
        private String name;

        @Option(
                names = "--allow",
                required = true,
                paramLabel = "RIGHTS:PATTERN",
                description = "What the key allows, on which databases: read,write:shop-*. May be given several times.")
        private List<String> allowed;

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "The key ends after so many hours or days: 12h, 90d. Without it, when it is revoked.")
        private String life;

        @Override
        public Integer call() {
            ApiKeyFile.Created created = parent.keys().create(name, rights(), life());
            err().println("API key " + created.key().id() + " '" + name + "'; its token is shown only now:");
            err().flush();
            out().println(created.token());
            return 0;
        }

        private Map<String, List<String>> rights() {
            Map<String, List<String>> rights = new LinkedHashMap<>();
            for (String text : allowed) {
                int colon = text.indexOf(':');
                if (colon < 1) {
                    throw new DoLakeException(
                                    ErrorCode.INVALID_ARGUMENT,
                                    "Cannot use --allow " + text + ": it is not RIGHTS:PATTERN")
                            .withHint("For example --allow read,cdc:shop or --allow 'admin:*'.");
                }
                rights.computeIfAbsent(text.substring(colon + 1), pattern -> new ArrayList<>())
                        .addAll(List.of(text.substring(0, colon).split(",")));
            }
            return rights;
        }

        private Duration life() {
            if (life == null) {
                return null;
            }
            Matcher parts = LIFE.matcher(life);
            if (!parts.matches()) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT,
                                "Cannot use --expires " + life + ": it is not a number of hours or days")
                        .withHint("For example 12h or 90d.");
            }
            long count = Long.parseLong(parts.group(1));
            return parts.group(2).equals("h") ? Duration.ofHours(count) : Duration.ofDays(count);
        }
    }

    /** Lists keys, without secrets. */
    @Command(name = "list", header = "Lists the API keys, without their tokens: those are kept nowhere.")
    static final class ListKeys extends PipelineCommand {
        @CommandLine.ParentCommand
        private TokenCommand parent;

        @Option(names = "--json", description = "Prints each key as a JSON object.")
        private boolean json;

        @Override
        public Integer call() {
            List<ApiKey> keys = parent.keys().list();
            List<String> names = List.of("id", "name", "rights", "created", "expires");
            TextTable table = json ? null : new TextTable(out(), names);
            for (ApiKey key : keys) {
                Object[] row = {key.id(), key.name(), rights(key), key.createdAt(), key.expiresAt()};
                if (json) {
                    out().println(JsonRow.of(JsonRow.object(names, row)));
                } else {
                    table.add(row);
                }
            }
            if (!json) {
                long count = table.end();
                out().println(count + (count == 1 ? " key" : " keys"));
            }
            return 0;
        }

        private static String rights(ApiKey key) {
            return key.rights().entrySet().stream()
                    .map(entry -> String.join(",", entry.getValue()) + ":" + entry.getKey())
                    .collect(Collectors.joining(" "));
        }
    }

    /** Revokes a key. */
    @Command(
            name = "revoke",
            header = "Revokes an API key: within seconds it is refused, and its sessions and streams end.",
            description = {"", "An engine without keys left admits nobody, and not everyone."})
    static final class Revoke extends PipelineCommand {
        @CommandLine.ParentCommand
        private TokenCommand parent;

        @Parameters(index = "0", paramLabel = "NAME", description = "Name or id of the key.")
        private String name;

        @Override
        public Integer call() {
            ApiKey key = parent.keys().revoke(name);
            out().println("revoked API key " + key.id() + " '" + key.name() + "'");
            return 0;
        }
    }
}

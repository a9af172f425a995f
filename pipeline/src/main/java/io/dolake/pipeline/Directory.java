/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.EngineToken;
import io.dolake.pipeline.run.Home;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command has. */
final class Directory {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Holds all state: databases, Kafka, Connect, warehouse, catalog. Default: ./data")
    void dir(Path dir) {
        this.dir = dir;
    }

    private Path dir = Path.of("data");

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            scope = ScopeType.INHERIT,
            description =
                    "For an engine that needs one; others of this machine can see it here, so rather name a file.")
    void token(String newToken) {
        token = newToken;
    }

    private String token;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description =
                    "Holds the token. Default: DOSQL_TOKEN, DOSQL_TOKEN_FILE, else the one that up keeps in --dir.")
    void tokenFile(Path file) {
        tokenFile = file;
    }

    private Path tokenFile;

    /** Null if there is none. */
    String token() {
        String found = EngineToken.of(home(), token, tokenFile);
        if (found != null && !found.matches("[A-Za-z0-9._~+/=-]+")) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT, "Cannot use token: it has characters that no token has")
                    .withHint("Give the token alone, without 'Bearer' and without quotes.");
        }
        return found;
    }

    Home home() {
        return Home.of(dir);
    }
}

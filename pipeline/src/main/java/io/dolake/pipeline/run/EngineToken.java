/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * The token with which commands call the engine. The one in the directory is made by {@code up}, for its connector and
 * for the commands of whoever may read the directory; an engine that needs no token does not look at it.
 */
public final class EngineToken {
    private static final String TOKEN = "DOSQL_TOKEN";

    /** Names the file to the connector's configuration. */
    static final String FILE = "DOSQL_TOKEN_FILE";

    /** Read by clients of an engine, not by the engine. */
    static final Set<String> VARIABLES = Set.of(TOKEN, FILE);

    private static final int BYTES = 32;

    private EngineToken() {}

    /**
     * The token of an option, else of the environment, else of the directory; null if there is none.
     *
     * @param option null if it is not given
     * @param optionFile the same
     * @throws DoLakeException INVALID_ARGUMENT, INVALID_CONFIGURATION if a file cannot be read
     */
    public static String of(Home home, String option, Path optionFile) {
        return of(home, option, optionFile, System.getenv());
    }

    static String of(Home home, String option, Path optionFile, Map<String, String> environment) {
        if (option != null) {
            return option;
        }
        if (optionFile != null) {
            return read(optionFile, "--token-file", ErrorCode.INVALID_ARGUMENT);
        }
        String token = environment.getOrDefault(TOKEN, "");
        if (!token.isBlank()) {
            return token;
        }
        String file = environment.getOrDefault(FILE, "");
        if (!file.isBlank()) {
            return read(Path.of(file), FILE, ErrorCode.INVALID_CONFIGURATION);
        }
        Path own = home.engineToken();
        return Files.isReadable(own) ? read(own, "token file", ErrorCode.IO_ERROR) : null;
    }

    /** The token in the directory, made if it is not there. */
    static String own(Home home) {
        Path file = home.engineToken();
        try {
            if (!Files.exists(file)) {
                byte[] random = new byte[BYTES];
                new SecureRandom().nextBytes(random);
                Files.createFile(file, onlyForOwner(file));
                Files.writeString(file, HexFormat.of().formatHex(random));
            }
            String token = Files.readString(file).strip();
            if (token.length() == 2 * BYTES) {
                return token;
            }
            Files.delete(file); // a write that a crash has cut
            return own(home);
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot keep a token in " + file + ": " + Home.reason(e), e)
                    .withHint("Name a directory that you may write to with --dir DIR.");
        }
    }

    private static FileAttribute<?>[] onlyForOwner(Path file) {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private static String read(Path file, String name, ErrorCode code) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new DoLakeException(code, "Cannot read " + name + " " + file + ": " + Home.reason(e), e);
        }
    }
}

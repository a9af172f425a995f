/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.engine.server.support.Sha256;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The API keys of an engine, in file {@code api-keys.json} of its data directory. Made and revoked here, whether the
 * engine runs or not; it reads the file again when that changes. The file holds hashes only.
 */
public final class ApiKeyFile {
    private static final String NAME = "api-keys.json";
    private static final int MAX_NAME = 100;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;

    /** @param directory the data directory of the engine */
    public ApiKeyFile(Path directory) {
        file = directory.resolve(NAME);
    }

    /** @param token shown now and never again */
    public record Created(ApiKey key, String token) {}

    private record Content(List<ApiKey> keys) {}

    Path path() {
        return file;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /**
     * All keys, in the order in which they were made; none if there is no file.
     *
     * @throws DoLakeException INVALID_CONFIGURATION, IO_ERROR
     */
    public List<ApiKey> list() {
        if (!exists()) {
            return List.of();
        }
        try {
            Content content = JSON.readValue(Files.readAllBytes(file), Content.class);
            if (content == null || content.keys() == null) {
                throw unreadable("it has no keys", null);
            }
            return List.copyOf(content.keys());
        } catch (JsonProcessingException | NullPointerException e) {
            throw unreadable("it is not a list of keys", e);
        } catch (IOException e) {
            throw io("read", e);
        }
    }

    /**
     * Makes a key.
     *
     * @param rights names of rights by pattern of database names
     * @param life null for a key that does not expire
     * @throws DoLakeException INVALID_ARGUMENT, IO_ERROR
     */
    public Created create(String name, Map<String, List<String>> rights, Duration life) {
        if (name.isBlank() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot make API key: a name has 1 to " + MAX_NAME + " characters on one line");
        }
        Rights checked = Rights.of(rights);
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String token = ApiKey.newToken();
        ApiKey key = new ApiKey(
                ApiKey.idOf(token),
                name,
                Sha256.hex(token),
                checked.words(),
                now.toString(),
                life == null ? null : now.plus(life).toString());
        change(keys -> {
            if (keys.stream().anyMatch(other -> other.name().equals(name))) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT, "Cannot make API key '" + name + "': there is one already")
                        .withHint("Choose another name, or revoke that one first.");
            }
            List<ApiKey> more = new ArrayList<>(keys);
            more.add(key);
            return more;
        });
        return new Created(key, token);
    }

    /**
     * Revokes a key. The file stays also without keys: the engine then admits none, and not everyone.
     *
     * @param nameOrId of the key
     * @throws DoLakeException INVALID_ARGUMENT if there is none, IO_ERROR
     */
    public ApiKey revoke(String nameOrId) {
        ApiKey[] revoked = new ApiKey[1];
        change(keys -> {
            List<ApiKey> rest = new ArrayList<>(keys);
            rest.removeIf(key -> {
                boolean isIt = key.id().equals(nameOrId) || key.name().equals(nameOrId);
                revoked[0] = isIt ? key : revoked[0];
                return isIt;
            });
            if (revoked[0] == null) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT, "Cannot revoke API key '" + nameOrId + "': there is none")
                        .withHint("./dolake token list shows the keys.");
            }
            return rest;
        });
        return revoked[0];
    }

    /** One thread of one process changes the file at a time, and readers see it as a whole. */
    private void change(UnaryOperator<List<ApiKey>> change) {
        synchronized (ApiKeyFile.class) {
            try (FileChannel channel = FileChannel.open(
                            file.resolveSibling(NAME + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                write(new Content(change.apply(list())));
                lock.release();
            } catch (IOException e) {
                throw io("write", e);
            }
        }
    }

    private void write(Content content) throws IOException {
        Path whole = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(whole);
        Files.createFile(whole, onlyForOwner());
        try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
            ByteBuffer bytes =
                    ByteBuffer.wrap(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private FileAttribute<?>[] onlyForOwner() {
        boolean isPosix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private DoLakeException unreadable(String reason, Exception cause) {
        return new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION, "Cannot read API keys: in " + file + " " + reason, cause)
                .withHint("Put back the file as it was, or make new keys: remove it, and run ./dolake token create.");
    }

    private DoLakeException io(String verb, IOException e) {
        return new DoLakeException(ErrorCode.IO_ERROR, "Cannot " + verb + " API keys: " + e, e)
                .withHint("Check who may use " + file + " and its directory.");
    }
}

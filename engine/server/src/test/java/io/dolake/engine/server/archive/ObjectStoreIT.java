/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.DoSqlServer;
import io.dolake.engine.server.config.ArchiveLocation;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Ids;
import io.dolake.engine.server.testkit.ObjectStoreServer;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests every store of archived segments. */
@ParameterizedClass
@EnumSource(ObjectStoreIT.Kind.class)
class ObjectStoreIT {
    private static final String NAME = "shop/0123456789abcdef/_archive/wal/7.bin";

    enum Kind {
        DIRECTORY,
        S3
    }

    @TempDir
    static Path shared;

    @TempDir
    Path directory;

    @Parameter
    Kind kind;

    private static ObjectStoreServer server;
    private ObjectStore store;

    @BeforeAll
    static void startServer() {
        server = ObjectStoreServer.start(shared);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void open() {
        store = ObjectStore.open(location(), ServerConfig.of(directory));
    }

    private ArchiveLocation location() {
        return kind == Kind.DIRECTORY
                ? new ArchiveLocation.Directory(directory.resolve("archive"))
                : server.location(Ids.random() + "/");
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    @Test
    void checkLeavesNothingBehind() {
        store.check();
        assertThat(store.read("_archive/check", 10)).isEmpty();
    }

    @Test
    void givesBackWhatWasPut() {
        for (int count : new int[] {0, 1, 5_000_000}) {
            byte[] object = bytes(count);
            store.put(NAME, object);
            assertThat(store.read(NAME, Integer.MAX_VALUE)).hasValue(object);
        }
    }

    @Test
    void replacesAnObjectWhole() {
        store.put(NAME, bytes(1_000));
        store.put(NAME, bytes(10));
        assertThat(store.read(NAME, Integer.MAX_VALUE)).hasValue(bytes(10));
    }

    @Test
    void readsNoMoreThanAskedFor() {
        store.put(NAME, bytes(100_000));
        assertThat(store.read(NAME, 10))
                .hasValueSatisfying(
                        read -> assertThat(read).hasSize(10).isEqualTo(java.util.Arrays.copyOf(bytes(100_000), 10)));
    }

    @Test
    void hasNothingWhereNothingWasPut() {
        assertThat(store.read(NAME, 10)).isEmpty();
        store.put(NAME, bytes(1));
        assertThat(store.read(NAME + "x", 10)).isEmpty();
    }

    @Test
    void deletesAnObjectAndDoesNotMindThatItIsGone() {
        store.put(NAME, bytes(1));
        store.delete(NAME);
        store.delete(NAME);
        assertThat(store.read(NAME, 10)).isEmpty();
    }

    @Test
    void keepsNamesApartUnderParallelWrites() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            threads.invokeAll(IntStream.range(0, 40)
                            .<Callable<Void>>mapToObj(i -> () -> {
                                store.put("db" + i % 5 + "/e/" + i + ".bin", bytes(i));
                                return null;
                            })
                            .toList())
                    .forEach(done -> assertThat(done).succeedsWithin(java.time.Duration.ofSeconds(20)));
        } finally {
            threads.shutdownNow();
        }
        for (int i = 0; i < 40; i++) {
            assertThat(store.read("db" + i % 5 + "/e/" + i + ".bin", 100)).hasValue(bytes(i));
        }
    }

    @Test
    void aStoreThatIsGoneIsAnErrorAndNotAnAbsentObject() throws IOException {
        store.put(NAME, bytes(1));
        if (kind == Kind.DIRECTORY) {
            Files.move(directory.resolve("archive"), directory.resolve("elsewhere"));
        } else {
            server.close();
        }
        try {
            assertThatCode(() -> store.check()).doesNotThrowAnyException();
            assertThatThrownBy(() -> store.read(NAME, 10)).satisfies(ObjectStoreIT::isNamedStoreError);
            assertThatThrownBy(() -> store.put(NAME, bytes(2))).satisfies(ObjectStoreIT::isNamedStoreError);
        } finally {
            if (kind == Kind.DIRECTORY) {
                Files.move(directory.resolve("elsewhere"), directory.resolve("archive"));
            } else {
                server.start();
            }
        }
        assertThat(store.read(NAME, 10)).hasValue(bytes(1));
    }

    private static void isNamedStoreError(Throwable e) {
        assertThat(e).isInstanceOfSatisfying(DoLakeException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
            assertThat(error.details()).containsEntry("object", NAME).containsKey("archive");
            assertThat(error.getMessage()).contains(NAME);
        });
    }

    /** What is particular to one of them. */
    @Test
    void saysWhatIsWrongWithThePlace() throws IOException {
        if (kind == Kind.DIRECTORY) {
            Path file = Files.writeString(directory.resolve("file"), "x");
            assertThatThrownBy(() -> ObjectStore.open(new ArchiveLocation.Directory(file), ServerConfig.of(directory)))
                    .hasMessageContaining("a file is in the way");
            assertThat(temporaryFiles()).isEmpty();
            return;
        }
        ServerConfig config = ServerConfig.of(directory);
        try (ObjectStore other = ObjectStore.open(server.locationOfBucket("absent"), config)) {
            assertThatThrownBy(() -> other.put(NAME, bytes(1)))
                    .isInstanceOfSatisfying(
                            DoLakeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.R2_BUCKET_NOT_BOUND));
            assertThatThrownBy(other::check).satisfies(e -> isInvalidConfiguration(e, "bucket 'absent'"));
        }
        try (ObjectStore other = ObjectStore.open(server.locationWithSecret("wrong"), config)) {
            assertThatThrownBy(() -> other.put(NAME, bytes(1))).isInstanceOfSatisfying(DoLakeException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
                assertThat(e.hint()).hasValueSatisfying(hint -> assertThat(hint).contains("credentials"));
            });
            assertThatThrownBy(other::check).satisfies(e -> isInvalidConfiguration(e, "credentials"));
            assertThatThrownBy(
                            () -> DoSqlServer.start(config.withPort(0).withArchive(server.locationWithSecret("wrong"))))
                    .satisfies(e -> isInvalidConfiguration(e, "credentials"));
        }
    }

    private static void isInvalidConfiguration(Throwable e, String hint) {
        assertThat(e).isInstanceOfSatisfying(DoLakeException.class, error -> {
            assertThat(error.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(error.hint()).hasValueSatisfying(text -> assertThat(text).contains(hint));
        });
    }

    private Stream<Path> temporaryFiles() throws IOException {
        store.put(NAME, bytes(1));
        try (Stream<Path> files = Files.walk(directory.resolve("archive"))) {
            return files.filter(file -> file.toString().endsWith(".tmp")).toList().stream();
        }
    }
}

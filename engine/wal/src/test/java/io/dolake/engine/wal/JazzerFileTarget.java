/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What Jazzer calls for {@link WalFile}: a database, its {@code -wal} and its {@code -shm} as another program might
 * have left them. Here it is headers, lengths and the index that are attacked, and how they fit each other;
 * {@link JazzerTarget} is after the pages. Public because Jazzer looks for the method by name.
 *
 * <p>Whatever the bytes, reading ends, with events or with a {@link DoLakeException}. Where a log is read from its
 * start and nothing but it was changed, the events are the first ones of the log before the damage; what the index says
 * was checkpointed is refused.
 */
public final class JazzerFileTarget {
    private static final SchemaSource SCHEMAS = new JazzerSchemas();

    private static List<FuzzPair> pairs;
    private static Map<FuzzPair, List<Long>> expected;
    private static Path file;

    private JazzerFileTarget() {}

    /** Called once. The directory is that of the test, which deletes it. */
    public static void fuzzerInitialize() throws Exception {
        Path directory = Path.of(System.getProperty("wal.jazzer.directory"));
        file = directory.resolve("mutated.db");
        pairs = FuzzPair.make(directory);
        expected = new HashMap<>();
        for (FuzzPair pair : pairs) {
            List<Long> events = new ArrayList<>();
            // Without an index some of the pages look as if they had been checkpointed.
            write(pair.main(), pair.wal(), JazzerFiles.emptyIndex(pair.wal(), ByteOrder.nativeOrder()));
            decode(false, events);
            if (events.size() < 50) {
                throw new AssertionError("only " + events.size() + " events");
            }
            expected.put(pair, events);
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        FuzzPair pair = pairs.get(input.length == 0 ? 0 : (input[0] & 0xFF) % pairs.size());
        JazzerFiles files = new JazzerFiles(input, pair).apply();
        write(files.main(), files.wal(), files.index());
        List<Long> events = new ArrayList<>();
        DoLakeException failure = null;
        try {
            decode(files.skips(), events);
        } catch (DoLakeException e) {
            failure = e;
            if (!JazzerTarget.BLAMES_THE_FILE.contains(e.code())
                    || !e.getMessage().startsWith("Cannot ")) {
                throw new AssertionError(e.code() + ": " + e.getMessage(), e);
            }
        }
        if (files.sealed() || files.skips() || files.changesMain()) {
            return;
        }
        if (files.checkpointed() > 0 && (failure == null || failure.code() != ErrorCode.WAL_GAP)) {
            throw new AssertionError(files.checkpointed() + " frames are in the main file, and " + failure);
        }
        List<Long> all = expected.get(pair);
        boolean isPrefix = events.size() <= all.size() && events.equals(all.subList(0, events.size()));
        if (!isPrefix && !JazzerTarget.damageVerifies(pair, files.wal())) {
            throw new AssertionError(events.size() + " events are not the first of the log");
        }
    }

    private static void write(byte[] main, byte[] wal, byte[] index) throws IOException {
        Files.write(file, main);
        Files.write(file.resolveSibling("mutated.db-wal"), wal);
        Path shm = file.resolveSibling("mutated.db-shm");
        if (index == null) {
            Files.deleteIfExists(shm);
        } else {
            Files.write(shm, index);
        }
    }

    private static void decode(boolean skips, List<Long> events) throws IOException {
        try (WalFile opened = skips ? WalFile.openAfterCheckpoint(file, SCHEMAS) : WalFile.open(file, SCHEMAS)) {
            opened.decode(new JazzerEvents(events));
        }
    }
}

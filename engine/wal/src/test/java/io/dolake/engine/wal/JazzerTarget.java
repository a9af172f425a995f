/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What Jazzer calls, in a process of its own: see {@link JazzerTest}. Public because Jazzer looks for the method by
 * name.
 *
 * <p>Whatever the bytes, decoding ends, with events or with a {@link DoLakeException}. Where checksums were left as
 * they were, the events are the first ones of the log before the damage.
 */
public final class JazzerTarget {
    private static final int CACHE_BYTES = 16 * 1024;
    private static final int TRANSACTIONS_PER_START = 3;

    /** Codes of errors in the bytes that were read. */
    static final Set<ErrorCode> BLAMES_THE_FILE =
            EnumSet.of(ErrorCode.WAL_CORRUPT, ErrorCode.WAL_GAP, ErrorCode.INVALID_DATABASE_FILE);

    private static final SchemaSource SCHEMAS = new JazzerSchemas();

    private static List<FuzzPair> pairs;
    private static Map<FuzzPair, List<Long>> expected;
    private static Path file;

    private JazzerTarget() {}

    /** Called once. The directory is that of the test, which deletes it. */
    public static void fuzzerInitialize() throws Exception {
        Path directory = Path.of(System.getProperty("wal.jazzer.directory"));
        file = directory.resolve("mutated-wal");
        pairs = FuzzPair.make(directory);
        expected = new HashMap<>();
        for (FuzzPair pair : pairs) {
            List<Long> events = new ArrayList<>();
            decode(pair.main(), pair.wal(), false, events);
            if (events.size() < 50) {
                throw new AssertionError("only " + events.size() + " events");
            }
            expected.put(pair, events);
        }
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        FuzzPair pair = pairs.get(input.length == 0 ? 0 : (input[0] & 0xFF) % pairs.size());
        FuzzMutation mutation = new FuzzMutation(input, pair).apply();
        List<Long> events = new ArrayList<>();
        try {
            decode(mutation.main(), mutation.wal(), mutation.restarts(), events);
        } catch (DoLakeException e) {
            if (!BLAMES_THE_FILE.contains(e.code()) || !e.getMessage().startsWith("Cannot ")) {
                throw new AssertionError(e.code() + ": " + e.getMessage(), e);
            }
        }
        if (mutation.raw() && !mutation.changesMain() && !damageVerifies(pair, mutation.wal())) {
            List<Long> all = expected.get(pair);
            if (events.size() > all.size() || !events.equals(all.subList(0, events.size()))) {
                throw new AssertionError(events.size() + " events are not the first of the log");
            }
        }
    }

    private static void decode(byte[] main, byte[] wal, boolean restarts, List<Long> events) throws IOException {
        Files.write(file, wal);
        PageSource pages = new BytesSource(main);
        JazzerEvents hashes = new JazzerEvents(events);
        WalPosition position = WalPosition.start(Lsn.ZERO);
        Map<String, Lsn> lsns = new HashMap<>();
        int decoded;
        do {
            try (WalDecoder decoder = WalDecoder.open(pages, file, position, lsns, SCHEMAS, CACHE_BYTES)) {
                decoded = decoder.poll(hashes, restarts ? TRANSACTIONS_PER_START : 1000);
                position = decoder.position();
                lsns.clear();
                decoder.tables().forEach((name, schema) -> lsns.put(name, schema.schemaLsn()));
            }
        } while (restarts && decoded > 0);
    }

    /**
     * Whether the first frame that was changed has a right checksum by chance: the sums are weak, and so is the
     * fuzzer's mercy.
     */
    static boolean damageVerifies(FuzzPair pair, byte[] wal) {
        int damaged = Arrays.mismatch(pair.wal(), wal);
        if (damaged < WalHeader.SIZE) {
            return false;
        }
        byte[] sealed = wal.clone();
        WalBytes.seal(sealed, false);
        int frameSize = WalHeader.FRAME_HEADER_SIZE + pair.pageSize();
        int start = WalHeader.SIZE + (damaged - WalHeader.SIZE) / frameSize * frameSize;
        if (start + WalHeader.FRAME_HEADER_SIZE > wal.length) {
            return false;
        }
        return Arrays.equals(wal, start + 8, start + 24, sealed, start + 8, start + 24);
    }

    private record BytesSource(byte[] bytes) implements PageSource {
        @Override
        public int read(long position, byte[] target, int offset, int length) {
            int n = (int) Math.max(0, Math.min(length, bytes.length - position));
            System.arraycopy(bytes, n == 0 ? 0 : (int) position, target, offset, n);
            return n;
        }

        @Override
        public long size() {
            return bytes.length;
        }
    }
}

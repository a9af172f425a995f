/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A small valid database and its log, each as bytes: what {@link JazzerTarget} mutates. */
record FuzzPair(byte[] main, byte[] wal, int pageSize) {

    /** Databases of several shapes, the same every time but for the salts. */
    static List<FuzzPair> make(Path directory) throws Exception {
        List<FuzzPair> pairs = new ArrayList<>();
        pairs.add(make(directory, "rowid", "page_size=512"));
        pairs.add(make(directory, "utf16", "page_size=512", "encoding='UTF-16le'"));
        pairs.add(make(directory, "moving", "page_size=512", "auto_vacuum=1", "encoding='UTF-16be'"));
        pairs.add(make(directory, "wide", "page_size=1024", "auto_vacuum=2"));
        return pairs;
    }

    private static FuzzPair make(Path parent, String name, String... pragmas) throws Exception {
        Path directory = Files.createDirectory(parent.resolve(name));
        try (TestDatabase db = new TestDatabase(directory, pragmas)) {
            db.execute(
                    "CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b)",
                    "CREATE TABLE k(k TEXT PRIMARY KEY, v)",
                    "CREATE TABLE w(k TEXT PRIMARY KEY, v) WITHOUT ROWID",
                    DecoderCasesTest.series("INSERT INTO t SELECT i, 'text ' || i, zeroblob(i * 30) FROM n", 30),
                    DecoderCasesTest.series("INSERT INTO k SELECT 'key ' || i, zeroblob(i) FROM n", 40),
                    DecoderCasesTest.series("INSERT INTO w SELECT 'key ' || i, zeroblob(i * 9) FROM n", 40));
            db.poll(new Events());
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            db.execute(
                    "UPDATE t SET a = a || 'x' WHERE id % 7 = 0",
                    "UPDATE t SET b = CAST(substr(b, 1, 700) || x'01' || substr(b, 702) AS BLOB) WHERE id > 28",
                    "DELETE FROM w WHERE v > zeroblob(200)",
                    "UPDATE k SET k = k || 'y', v = 1 WHERE rowid % 3 = 0",
                    "ALTER TABLE t ADD COLUMN c DEFAULT 7",
                    "DELETE FROM t WHERE id BETWEEN 5 AND 20",
                    "CREATE TABLE n AS SELECT * FROM k LIMIT 20",
                    "INSERT INTO w VALUES ('long', zeroblob(2000))");
            db.incrementalVacuum(5);
            db.execute("ALTER TABLE k RENAME TO l", "DROP TABLE n", "DELETE FROM w");
            // Through the reader that is open already: another one must not be closed before SQLite is.
            byte[] main = new byte[(int) db.pages().size()];
            db.pages().read(0, main, 0, main.length);
            return new FuzzPair(main, Files.readAllBytes(db.wal()), (int) db.number("PRAGMA page_size"));
        }
    }

    /** Frames of the log. */
    int frames() {
        return (wal.length - WalHeader.SIZE) / (WalHeader.FRAME_HEADER_SIZE + pageSize);
    }

    /** Byte of the log at which the content of a frame begins; frames count from 0. */
    int frame(int index) {
        return WalHeader.SIZE + index * (WalHeader.FRAME_HEADER_SIZE + pageSize) + WalHeader.FRAME_HEADER_SIZE;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wal dump}, which needs no pipeline. */
class WalDumpTest {
    @TempDir
    Path directory;

    private Cli cli;

    @BeforeEach
    void useDirectory() {
        cli = new Cli(directory.resolve("home"));
    }

    /** A3: it was "0 events". */
    @Test
    void findsTheLogBesideTheTargetOfALink() throws Exception {
        Path real = SqliteFiles.withLog(
                Files.createDirectory(directory.resolve("real")).resolve("shop.db"));
        Path link = Files.createSymbolicLink(directory.resolve("link.db"), real);
        assertThat(cli.run("wal", "dump", link.toString(), "--json").succeeded().json())
                .hasSize(4);
        assertThat(cli.run("wal", "dump", link.toString()).succeeded().out()).endsWith("4 events\n");
    }

    @Test
    void saysThatThereIsNoLog() throws Exception {
        Path file = SqliteFiles.create(directory.resolve("alone.db"), 3);
        Cli.Result result = cli.run("wal", "dump", file.toString()).succeeded();
        assertThat(result.out()).isEqualTo("0 events\n");
        assertThat(result.err()).contains("there is no alone.db-wal");
        Files.createLink(directory.resolve("second.db"), file);
        assertThat(cli.run("wal", "dump", file.toString())
                        .failed("INVALID_DATABASE_FILE")
                        .err())
                .contains("2 names (hard links)");
    }

    @Test
    void refusesWhatIsNoFile() {
        cli.run("wal", "dump", directory.toString()).failed("INVALID_DATABASE_FILE");
        cli.run("wal", "dump", directory.resolve("none.db").toString()).failed("INVALID_DATABASE_FILE");
    }

    /** A7: corrupt means corrupt, where nobody writes. */
    @Test
    void aDamagedFileIsCalledSo() throws Exception {
        Path file = SqliteFiles.withLog(directory.resolve("shop.db"));
        byte[] bytes = Files.readAllBytes(file);
        bytes[16] = 3;
        Files.write(file, bytes);
        cli.run("wal", "dump", file.toString()).failed("INVALID_DATABASE_FILE");
    }
}

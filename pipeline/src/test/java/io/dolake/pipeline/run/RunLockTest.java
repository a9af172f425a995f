/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs a directory (kind of D16: stale files, ids that come again, clocks that jump, several starts at once). */
class RunLockTest {
    @TempDir
    Path dir;

    private Home home;

    @BeforeEach
    void createHome() {
        home = Home.of(dir.resolve("home")).create();
    }

    @Test
    void isHeldUntilItIsClosed() throws IOException {
        assertThat(RunLock.isHeld(home)).isFalse();
        try (RunLock lock = RunLock.take(home)) {
            assertThat(lock).isNotNull();
            assertThat(RunLock.isHeld(home)).isTrue();
        }
        assertThat(RunLock.isHeld(home)).isFalse();
    }

    /** A second channel of the file that is closed in the process would give the system's lock back. */
    @Test
    void isStillHeldForOtherProcessesAfterOneThatFailedHere() throws Exception {
        RunLock lock = RunLock.take(home);
        assertThatThrownBy(() -> RunLock.take(home)).hasMessageContaining("runs it already");
        assertThat(RunLock.isHeld(home)).isTrue();
        assertThat(seenByAnotherProcess()).isEqualTo("held");
        lock.close();
        assertThat(seenByAnotherProcess()).isEqualTo("free");
    }

    @Test
    void isTheSameThroughASymbolicLink() throws IOException {
        Path link = Files.createSymbolicLink(dir.resolve("link"), home.dir());
        try (RunLock lock = RunLock.take(home)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> RunLock.take(Home.of(link))).hasMessageContaining("runs it already");
        }
    }

    @Test
    void aProcessIsFoundByItsFile() {
        RunningProcess.write(home, true);
        assertThat(RunningProcess.of(home))
                .contains(new RunningProcess(ProcessHandle.current().pid(), true));
    }

    @Test
    void anotherProcessOfTheSameIdIsNone() throws IOException {
        RunningProcess.write(home, true);
        Properties file = PropertiesFile.read(home.process());
        file.setProperty("identity", "another/1");
        PropertiesFile.write(home.process(), file);
        assertThat(RunningProcess.of(home)).isEmpty();
        assertThat(RunningProcess.isLeftBehind(home)).isTrue();
    }

    @Test
    void filesOfAPowerCutStopNoCommand() throws IOException {
        for (String text :
                new String[] {"", "pid=\n", "pid=x\nready=true\n", "pid=0\n", "\\u00zz", "engine=\nkafka=x\n"}) {
            Files.writeString(home.process(), text);
            Files.writeString(home.ports(), text);
            assertThat(RunningProcess.of(home)).as(text).isEmpty();
            assertThat(Ports.last(home).engine()).as(text).isEqualTo(8790);
        }
    }

    @Test
    void anIdentityIsOfOneProcess() throws IOException {
        String own = ProcessIdentity.of(ProcessHandle.current().pid());
        assertThat(own)
                .isNotEmpty()
                .isEqualTo(ProcessIdentity.of(ProcessHandle.current().pid()));
        Process other = new ProcessBuilder("sleep", "30").start();
        try {
            assertThat(ProcessIdentity.of(other.pid())).isNotEmpty().isNotEqualTo(own);
        } finally {
            other.destroyForcibly();
        }
        assertThat(ProcessIdentity.of(0)).isEmpty();
    }

    private String seenByAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RunLockTest.class.getName(),
                        home.dir().toString())
                .start();
        try (InputStream out = process.getInputStream()) {
            return new String(out.readAllBytes()).strip();
        }
    }

    /** The other process. */
    public static void main(String[] arguments) {
        System.out.println(RunLock.isHeld(Home.of(Path.of(arguments[0]))) ? "held" : "free");
    }
}

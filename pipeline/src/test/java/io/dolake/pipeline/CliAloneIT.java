/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line says where no pipeline runs. */
class CliAloneIT {
    @TempDir
    Path directory;

    private Cli cli;

    @BeforeEach
    void useDirectory() {
        cli = new Cli(directory);
    }

    @Test
    void tellsWhatItDoesNotUnderstand() {
        Cli.Result command = cli.run("veryfy", "shop");
        assertThat(command.status()).isEqualTo(2);
        assertThat(command.err()).startsWith("INVALID_ARGUMENT: ").contains("verify");
        assertThat(cli.run("sync", "shop", "--timout", "3").status()).isEqualTo(2);
    }

    @Test
    void saysThatNothingRuns() {
        assertThat(cli.run("sql", "shop", "SELECT 1").failed("CONNECTION_ERROR").err())
                .contains("up --detach");
        assertThat(cli.run("status", "--json")
                        .succeeded()
                        .json()
                        .get(0)
                        .path("state")
                        .asText())
                .isEqualTo("STOPPED");
    }

    @Test
    void launcherNeedsAJdk() throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(Cli.repository().resolve("dolake").toString(), "status").redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", directory.toString());
        Process without = builder.start();
        String said = new String(without.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(without.waitFor()).isEqualTo(1);
        assertThat(said).contains("JAVA_HOME").contains("17");
    }

    /** A variable that nothing uses is a wish that is not heard. */
    @Test
    void refusesVariablesThatItDoesNotUse() {
        assertThat(withVariable("DOSQL_QUERRY_TIMEOUT_MS", "5", "status"))
                .startsWith("INVALID_CONFIGURATION: ")
                .contains("DOSQL_QUERY_TIMEOUT_MS");
        assertThat(withVariable("DOSQL_DATA_DIR", "/x", "up"))
                .startsWith("INVALID_CONFIGURATION: ")
                .contains("--dir")
                .contains("env -u DOSQL_DATA_DIR");
        assertThat(withVariable("DOSQL_DATA_DIR", "/x", "status")).contains("STOPPED");
        assertThat(directory.resolve("lake")).doesNotExist();
    }

    private String withVariable(String name, String value, String command) {
        Cli.Result result = Child.run(Main.class, Map.of(name, value), "--dir", directory.toString(), command);
        return result.err() + result.out();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
    private static final Installation REPOSITORY =
            new Installation(Path.of("..").toAbsolutePath().normalize());

    @Test
    void tellsOfAVariableThatIsMisspelt() {
        assertThat(Environment.unused(Map.of("DOLAKE_JAVA_OPT", "-Xmx2g"), REPOSITORY))
                .singleElement()
                .asString()
                .contains("DOLAKE_JAVA_OPT ", "DOLAKE_JAVA_OPTS");
    }

    @Test
    void tellsOfAVariableThatThePipelineSetsItself() {
        assertThat(Environment.unused(Map.of("DOSQL_PORT", "1", "DOLAKE_WAREHOUSE", "/x"), REPOSITORY))
                .hasSize(2)
                .anySatisfy(note -> assertThat(note).contains("--engine-port"))
                .anySatisfy(note -> assertThat(note).contains("--dir"));
    }

    @Test
    void leavesOthersAlone() {
        assertThat(Environment.unused(
                        Map.of("DOLAKE_JAVA_OPTS", "", "PATH", "/bin", "DOSQL_MAX_ROWS", "5"), REPOSITORY))
                .isEmpty();
    }
}

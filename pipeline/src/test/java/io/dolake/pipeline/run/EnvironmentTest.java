/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    @BeforeAll
    static void useTheRepository() {
        System.setProperty(
                "dolake.home", Path.of("..").toAbsolutePath().normalize().toString());
    }

    private static void assertRefused(Runnable check, String... words) {
        assertThatThrownBy(check::run).isInstanceOfSatisfying(DoLakeException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(e.getMessage()).contains(words);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "DOLAKE_JAVA_OPT, DOLAKE_JAVA_OPTS",
        "DOLAKE_WAREHOUS, DOLAKE_WAREHOUSE",
        "DOSQL_QUERRY_TIMEOUT_MS, DOSQL_QUERY_TIMEOUT_MS",
        "dosql_port, DOSQL_PORT",
        "DOSQL_ARCHIV, DOSQL_ARCHIVE"
    })
    void everyCommandRefusesWhatIsMisspelt(String name, String near) {
        boolean isOurs = name.startsWith("D"); // in other cases of letters it is noticed only beside one that is ours
        Map<String, String> environment = isOurs ? Map.of(name, "1") : Map.of(name, "1", "DOSQL_MAX_ROWS", "5");
        assertRefused(() -> Environment.requireKnown(environment), name, "did you mean " + near + "?");
        assertRefused(() -> Environment.requireUsed(environment), name, near);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"DOSQL_DATA_DIR", "DOSQL_HOST", "DOLAKE_CATALOG_TYPE", "DOLAKE_CATALOG_URI", "DOLAKE_WAREHOUSE"})
    void whatStartsThePipelineRefusesWhatItKnowsItself(String name) {
        Map<String, String> environment = Map.of(name, "0.0.0.0");
        Environment.requireKnown(environment);
        assertRefused(() -> Environment.requireUsed(environment), name, "has no effect here: ");
        assertThatThrownBy(() -> Environment.requireUsed(environment))
                .isInstanceOfSatisfying(
                        DoLakeException.class,
                        e -> assertThat(e.hint())
                                .hasValueSatisfying(hint -> assertThat(hint).contains("env -u " + name)));
    }

    @Test
    void allFaultsAreToldAtOnce() {
        Map<String, String> environment =
                Map.of("DOSQL_HOST", "0.0.0.0", "DOLAKE_NOTHING", "", "DOSQL_MAX_ROWS", "many", "DOSQL_DATA_DIR", "/x");
        assertThatThrownBy(() -> Environment.requireUsed(environment))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.getMessage())
                            .contains("DOSQL_HOST", "DOLAKE_NOTHING", "DOSQL_MAX_ROWS", "DOSQL_DATA_DIR");
                    assertThat((java.util.List<?>) e.details().get("faults")).hasSize(4);
                });
    }

    @Test
    void whatIsUsedIsTaken() {
        Environment.requireUsed(Map.of(
                "DOLAKE_JAVA_OPTS",
                "",
                "PATH",
                "/bin",
                "DOSQL_MAX_ROWS",
                "5",
                "DOSQL_PORT",
                "0",
                "DOSQL_HOST",
                "127.0.0.1"));
        assertThat(Environment.enginePort(Map.of("DOSQL_PORT", "1234"))).isEqualTo(1234);
        assertThat(Environment.enginePort(Map.of("PATH", "/bin"))).isNull();
        assertRefused(() -> Environment.enginePort(Map.of("DOSQL_PORT", "x")), "DOSQL_PORT");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ServerConfigTest {
    @Test
    void environmentSetsDirectoryAddressAndLimits() {
        ServerConfig config = ServerConfig.fromEnvironment(Map.of(
                "DOSQL_DATA_DIR", "/srv/dosql",
                "DOSQL_HOST", "10.0.0.1",
                "DOSQL_PORT", "9000",
                "DOSQL_QUERY_TIMEOUT_MS", " 5000 ",
                "OTHER", "x"));
        assertThat(config.directory()).isEqualTo(Path.of("/srv/dosql"));
        assertThat(config.host()).isEqualTo("10.0.0.1");
        assertThat(config.port()).isEqualTo(9000);
        assertThat(config.limit(Limit.QUERY_TIMEOUT_MS)).isEqualTo(5_000);
        assertThat(config.limit(Limit.MAX_ROWS)).isEqualTo(Limit.MAX_ROWS.initial());
    }

    @Test
    void allFaultsAreReportedAtOnce() {
        Map<String, String> environment = Map.of(
                "DOSQL_PORT", "70000", "DOSQL_QUERY_TIMEOUT_MS", "soon", "DOSQL_DATA_DIR", " ", "DOSQL_QERY", "1");
        assertThatThrownBy(() -> ServerConfig.fromEnvironment(environment))
                .isInstanceOfSatisfying(DoLakeException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
                    assertThat((List<?>) e.details().get("faults")).hasSize(4);
                    assertThat(e)
                            .hasMessageContaining("DOSQL_PORT is 70000, not within 0 to 65535")
                            .hasMessageContaining("DOSQL_QUERY_TIMEOUT_MS is 'soon', not a whole number")
                            .hasMessageContaining("DOSQL_DATA_DIR is empty")
                            .hasMessageContaining("DOSQL_QERY is not a setting");
                });
    }

    @Test
    void defaultsAreWithinTheirLimits() {
        assertThat(Limit.values())
                .allSatisfy(limit -> assertThat(limit.initial()).isBetween(limit.min(), limit.max()));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

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
    void unknownSettingNamesTheNearestOneAndAllFaultsComeAtOnce() {
        Map<String, String> environment = Map.of(
                "DOSQL_QERY_TIMEOUT_MS", "1",
                "DOSQL_ALOWED_ORIGINS", "https://a",
                "dosql_port", "1",
                "WAL_RETENTION_MS", "1000",
                "DOSQL_SOMETHING_ELSE", "1",
                "DOSQL_ALLOWED_ORIGINS", "https://ok, ftp://no, https://also/no, *",
                "PATH", "/bin",
                "PORT", "80");
        assertThatThrownBy(() -> ServerConfig.fromEnvironment(environment))
                .isInstanceOfSatisfying(
                        DoLakeException.class,
                        e -> assertThat(List.<Object>copyOf(
                                        (List<?>) e.details().get("faults")))
                                .containsExactlyInAnyOrder(
                                        "DOSQL_QERY_TIMEOUT_MS is not a setting: did you mean DOSQL_QUERY_TIMEOUT_MS?",
                                        "DOSQL_ALOWED_ORIGINS is not a setting: did you mean DOSQL_ALLOWED_ORIGINS?",
                                        "dosql_port is not a setting: did you mean DOSQL_PORT?",
                                        "WAL_RETENTION_MS is not a setting: did you mean DOSQL_WAL_RETENTION_MS?",
                                        "DOSQL_SOMETHING_ELSE is not a setting",
                                        "DOSQL_ALLOWED_ORIGINS has 'ftp://no', which is not an origin like https://name or"
                                                + " http://name:8080",
                                        "DOSQL_ALLOWED_ORIGINS has 'https://also/no', which is not an origin like https://name"
                                                + " or http://name:8080",
                                        "DOSQL_ALLOWED_ORIGINS has '*', which is not an origin like https://name or"
                                                + " http://name:8080"));
        assertThat(ServerConfig.fromEnvironment(Map.of("DOSQL_ALLOWED_ORIGINS", " https://A.b , http://c:80"))
                        .allowedOrigins())
                .containsExactly("https://a.b", "http://c:80");
    }

    @Test
    void defaultsAreWithinTheirLimits() {
        assertThat(Limit.values())
                .allSatisfy(limit -> assertThat(limit.initial()).isBetween(limit.min(), limit.max()));
    }

    private static ServerConfig archive(String... settings) {
        Map<String, String> environment = new java.util.HashMap<>();
        for (int i = 0; i < settings.length; i += 2) {
            environment.put("DOSQL_ARCHIVE" + settings[i], settings[i + 1]);
        }
        return ServerConfig.fromEnvironment(environment);
    }

    @Test
    void archiveIsADirectoryOrABucket() {
        assertThat(archive().archive()).isNull();
        assertThat(archive("", "file:///srv/archive").archive())
                .isEqualTo(new ArchiveLocation.Directory(Path.of("/srv/archive")));
        assertThat(archive("", "s3://bucket/some/prefix/", "_REGION", "eu-west-1")
                        .archive())
                .isEqualTo(new ArchiveLocation.S3("bucket", "some/prefix/", null, "eu-west-1", false, null, null));
        assertThat(archive(
                                "",
                                "s3://bucket",
                                "_ENDPOINT",
                                "http://store:9000",
                                "_ACCESS_KEY_ID",
                                "key",
                                "_SECRET_ACCESS_KEY",
                                "secret")
                        .archive())
                .isEqualTo(new ArchiveLocation.S3(
                        "bucket", "", java.net.URI.create("http://store:9000"), null, true, "key", "secret"))
                .asString()
                .doesNotContain("secret");
    }

    @Test
    void faultsOfTheArchiveAreReportedWithTheOthers() {
        assertThatThrownBy(() -> archive(
                        "",
                        "s3://bucket?x",
                        "_ENDPOINT",
                        "store:9000",
                        "_ACCESS_KEY_ID",
                        "key",
                        "_PATH_STYLE",
                        "yes",
                        "_REGION",
                        " ",
                        "_RETENTION_MS",
                        "0"))
                .isInstanceOfSatisfying(
                        DoLakeException.class,
                        e -> assertThat((List<?>) e.details().get("faults")).hasSize(6));
        assertThatThrownBy(() -> archive("_REGION", "eu"))
                .hasMessageContaining("DOSQL_ARCHIVE_REGION is set without DOSQL_ARCHIVE");
        assertThatThrownBy(() -> archive("", "file:///srv", "_REGION", "eu"))
                .hasMessageContaining("DOSQL_ARCHIVE_REGION has no effect for a directory");
        assertThatThrownBy(() -> archive("", "/srv/archive")).hasMessageContaining("not file:///DIRECTORY or s3://");
        assertThatThrownBy(() -> archive("", "file:srv")).hasMessageContaining("absolute path");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionUrlTest {

    @Test
    void readsHostPortAndDatabase() throws SQLException {
        ConnectionUrl url = ConnectionUrl.parse("jdbc:dosql://db.example:99/shop", new Properties());

        assertThat(url.server()).isEqualTo(URI.create("http://db.example:99"));
        assertThat(url.database()).isEqualTo("shop");
        assertThat(url.fetchSize()).isEqualTo(1_000);
        assertThat(url.snapshot()).isFalse();
    }

    @Test
    void takesTheDefaultPort() throws SQLException {
        assertThat(ConnectionUrl.parse("jdbc:dosql://[::1]/shop", new Properties())
                        .server())
                .isEqualTo(URI.create("http://[::1]:8790"));
    }

    @Test
    void readsProperties() throws SQLException {
        ConnectionUrl url = ConnectionUrl.parse(
                "jdbc:dosql://h/shop?fetchSize=5&snapshot=true&connectTimeoutMs=10&requestTimeoutMs=20&tls=true",
                new Properties());

        assertThat(url.server()).isEqualTo(URI.create("https://h:8790"));
        assertThat(url.fetchSize()).isEqualTo(5);
        assertThat(url.snapshot()).isTrue();
        assertThat(url.connectTimeout()).isEqualTo(Duration.ofMillis(10));
        assertThat(url.requestTimeout()).isEqualTo(Duration.ofMillis(20));
    }

    @Test
    void prefersThePropertyInTheAddress() throws SQLException {
        Properties info = new Properties();
        info.setProperty("fetchSize", "7");

        assertThat(ConnectionUrl.parse("jdbc:dosql://h/shop", info).fetchSize()).isEqualTo(7);
        assertThat(ConnectionUrl.parse("jdbc:dosql://h/shop?fetchSize=8", info).fetchSize())
                .isEqualTo(8);
    }

    @Test
    void leavesPropertiesAloneThatAreNotOurs() throws SQLException {
        Properties info = new Properties();
        info.setProperty("user", "u");

        assertThat(ConnectionUrl.parse("jdbc:dosql://h/shop", info).database()).isEqualTo("shop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:dosql:",
                "jdbc:dosql://h",
                "jdbc:dosql://h/",
                "jdbc:dosql://h:0/shop",
                "jdbc:dosql://h:70000/shop",
                "jdbc:dosql://h:x/shop",
                "jdbc:dosql://h/shop?what=1",
                "jdbc:dosql://h/shop?fetchSize",
                "jdbc:dosql://h/shop?fetchSize=0",
                "jdbc:dosql://h/shop?snapshot=yes"
            })
    void refusesAnAddressThatIsWrong(String url) {
        assertThatThrownBy(() -> ConnectionUrl.parse(url, new Properties()))
                .isInstanceOf(SQLException.class)
                .hasMessageStartingWith("Cannot use ");
    }

    @Test
    void leavesOtherAddressesToOtherDrivers() throws SQLException {
        assertThat(new DoSqlDriver().connect("jdbc:sqlite:x", new Properties())).isNull();
    }

    @Test
    void refusesPropertiesThatWouldBeLeftOut() {
        Properties misspelt = new Properties();
        misspelt.setProperty("fetchsize", "5");
        assertThatThrownBy(() -> ConnectionUrl.parse("jdbc:dosql://host/shop", misspelt))
                .hasMessageContaining("'fetchsize'")
                .hasMessageContaining("fetchSize");
    }

    @Test
    void takesATokenFromPropertiesOnly(@TempDir Path directory) throws Exception {
        for (String name : List.of("token", "password")) {
            Properties info = new Properties();
            info.setProperty("user", "sa");
            info.setProperty(name, "secret");
            ConnectionUrl url = ConnectionUrl.parse("jdbc:dosql://host/shop", info);
            assertThat(url.token().get()).isEqualTo("secret");
            assertThat(url.toString()).doesNotContain("secret");
            assertThatThrownBy(
                            () -> ConnectionUrl.parse("jdbc:dosql://host/shop?" + name + "=secret", new Properties()))
                    .hasMessageContaining("URLs are logged")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
            info.setProperty("tokenFile", "x");
            assertThatThrownBy(() -> ConnectionUrl.parse("jdbc:dosql://host/shop", info))
                    .hasMessageContaining("one is enough");
        }
        assertThatThrownBy(() -> ConnectionUrl.parse("jdbc:dosql://host?token=secret", new Properties()))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        Path file = directory.resolve("token");
        ConnectionUrl url = ConnectionUrl.parse("jdbc:dosql://host/shop?tokenFile=" + file, new Properties());
        assertThatThrownBy(() -> url.token().get()).hasMessageContaining("tokenFile");
        Files.writeString(file, "from-file\n");
        assertThat(url.token().get()).isEqualTo("from-file\n");
    }

    @Test
    void leavesPropertiesOfOthersAlone() throws Exception {
        Properties info = new Properties();
        info.setProperty("user", "sa");
        info.setProperty("password", "");
        info.setProperty("ApplicationName", "tool");
        assertThat(ConnectionUrl.parse("jdbc:dosql://host/shop", info).database())
                .isEqualTo("shop");
    }
}

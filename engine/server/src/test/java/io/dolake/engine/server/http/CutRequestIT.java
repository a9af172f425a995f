/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.RawHttp;
import io.dolake.engine.server.testkit.RunningEngine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request that ends in its middle, as when a connection breaks or the engine stops: an error that passes, and
 * nobody's fault.
 */
class CutRequestIT {
    private static final String SQL = "{\"sql\":\"create table t(id integer primary key)\"}";

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20})
    void aBodyThatIsCutOffIsAConnectionError(int sent) {
        try (RunningEngine engine = new RunningEngine(ServerConfig.of(directory).withPort(0))) {
            engine.client().create("shop");
            String answer = RawHttp.sendAndEnd(engine.port(), request(SQL.length(), SQL.substring(0, sent)));
            assertThat(RawHttp.status(answer)).as(answer).isEqualTo(502);
            assertThat(answer).doesNotContain("INTERNAL_ERROR");
            if (!answer.isEmpty()) {
                assertThat(answer).contains("CONNECTION_ERROR", "retryAfterMs");
            }
        }
    }

    @Test
    void aWholeOneOfTheSameClientIsServed() {
        try (RunningEngine engine = new RunningEngine(ServerConfig.of(directory).withPort(0))) {
            engine.client().create("shop");
            assertThat(RawHttp.status(RawHttp.sendAndEnd(engine.port(), request(SQL.length(), SQL))))
                    .isEqualTo(200);
        }
    }

    private static String request(int length, String body) {
        return "POST /v1/databases/shop/exec HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: " + length + "\r\nConnection: close\r\n\r\n" + body;
    }
}

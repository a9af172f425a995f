/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that errors about answers do not quote the rows in them. One of the faults of kind B1. */
class JsonTest {

    @Test
    void errorsAboutAnswersDoNotQuoteThem() {
        String broken = "{\"rows\": [[\"canary\", canary]]";
        Stream.of(
                        catchThrowable(() -> Json.read(broken)),
                        catchThrowable(() -> Json.read(broken.getBytes(StandardCharsets.UTF_8))),
                        catchThrowable(() -> Json.read("")),
                        catchThrowable(() -> ReplyReader.text(Json.read("{\"x\": \"canary\"}"), "epoch")),
                        catchThrowable(() -> JsonValues.fromJson(Json.read("{\"blob\": \"canary\"}"))),
                        catchThrowable(() -> JsonValues.fromJson(Json.read("{\"real\": \"canary\"}"))),
                        catchThrowable(() -> JsonValues.fromJson(Json.read("[\"canary\"]"))))
                .forEach(error -> {
                    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
                        assertThat(cause.toString())
                                .startsWith("PROTOCOL_ERROR")
                                .doesNotContain("canary");
                    }
                });
    }

    @Test
    void thePageOfAProxyIsQuoted() {
        assertThat(catchThrowable(() -> Json.read("<html>502 Bad Gateway</html>")))
                .hasMessageContaining("502 Bad Gateway");
    }
}

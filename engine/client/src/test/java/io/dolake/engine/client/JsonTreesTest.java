/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that errors about answers do not quote the rows in them. One of the faults of kind B1. */
class JsonTreesTest {

    @Test
    void errorsAboutAnswersDoNotQuoteThem() {
        String broken = "{\"rows\": [[\"canary\", canary]]";
        Stream.of(
                        catchThrowable(() -> JsonTrees.read(broken)),
                        catchThrowable(() -> JsonTrees.read(broken.getBytes(StandardCharsets.UTF_8))),
                        catchThrowable(() -> JsonTrees.read("")),
                        catchThrowable(() -> ReplyReader.text(JsonTrees.read("{\"x\": \"canary\"}"), "epoch")),
                        catchThrowable(() -> JsonValues.fromJson(JsonTrees.read("{\"blob\": \"canary\"}"))),
                        catchThrowable(() -> JsonValues.fromJson(JsonTrees.read("{\"real\": \"canary\"}"))),
                        catchThrowable(() -> JsonValues.fromJson(JsonTrees.read("[\"canary\"]"))))
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
        assertThat(catchThrowable(() -> JsonTrees.read("<html>502 Bad Gateway</html>")))
                .hasMessageContaining("502 Bad Gateway");
    }
}

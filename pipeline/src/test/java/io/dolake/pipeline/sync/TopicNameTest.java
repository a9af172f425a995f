/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The names that the source connector's own test has too. */
class TopicNameTest {
    private static String topic(String table) {
        return TopicName.of("shop." + table);
    }

    @Test
    void anOrdinaryNameStandsAsItIs() {
        assertThat(List.of(topic("orders"), topic("eu_orders"), topic("Order-Items2")))
                .containsExactly("dosql.shop.orders", "dosql.shop.eu_orders", "dosql.shop.Order-Items2");
    }

    @Test
    void whatKafkaDoesNotTakeOrTellApartIsEscaped() {
        assertThat(topic("T.dot")).isEqualTo("dosql.shop.T-x2e-dot");
        assertThat(topic("T dot")).isEqualTo("dosql.shop.T-x20-dot");
        assertThat(topic("\u00c4\ud83d\ude00")).isEqualTo("dosql.shop.-xc4--x1f600-");
        assertThat(topic("T-x2e-dot")).isEqualTo("dosql.shop.T-x2d-x2e-dot");
        assertThat(List.of(topic("."), topic(".."))).containsExactly("dosql.shop.-x2e-", "dosql.shop.-x2e--x2e-");
    }

    @Test
    void aNameThatIsTooLongForKafkaEndsInAHash() {
        String end = "-xhc1e69a4bd3a95b70f0a5211a20da0015-";
        assertThat(topic("t".repeat(300) + "1")).isEqualTo("dosql.shop." + "t".repeat(249 - 11 - end.length()) + end);
    }
}

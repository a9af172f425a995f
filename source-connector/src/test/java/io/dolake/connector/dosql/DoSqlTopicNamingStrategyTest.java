/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import io.debezium.relational.TableId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** B4: what two tables of a database are called cannot bring them into one topic. */
class DoSqlTopicNamingStrategyTest {
    private final DoSqlTopicNamingStrategy topics = topics();

    private static DoSqlTopicNamingStrategy topics() {
        Properties settings = new Properties();
        settings.put("topic.prefix", "dosql");
        return new DoSqlTopicNamingStrategy(settings);
    }

    private String topic(String table) {
        return topics.dataChangeTopic(new TableId("shop", null, table));
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
    void namesThatAreTooLongForKafkaEndInAHash() {
        String one = topic("t".repeat(300) + "1");
        String other = topic("t".repeat(300) + "2");
        assertThat(one).hasSize(DoSqlTopicNamingStrategy.MAX_LENGTH).startsWith("dosql.shop.ttt");
        assertThat(other).hasSize(DoSqlTopicNamingStrategy.MAX_LENGTH).isNotEqualTo(one);
        assertThat(topic(".".repeat(100))).hasSizeLessThanOrEqualTo(DoSqlTopicNamingStrategy.MAX_LENGTH);
    }

    @Test
    void noTwoNamesMeetAsKafkaComparesThem() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        String letters = "ax2e-_. .\u00e4";
        Map<String, String> seen = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            StringBuilder name = new StringBuilder();
            for (int j = random.nextInt(9); j >= 0; j--) {
                name.append(letters.charAt(random.nextInt(letters.length())));
            }
            String compared = DoSqlTopicNamingStrategy.compared(DoSqlTopicNamingStrategy.escaped(name.toString()));
            assertThat(compared).as("seed %d", seed).matches("[A-Za-z0-9_-]+");
            String other = seen.put(compared, name.toString());
            assertThat(other == null ? name.toString() : other)
                    .as("seed %d", seed)
                    .isEqualTo(name.toString());
        }
    }
}

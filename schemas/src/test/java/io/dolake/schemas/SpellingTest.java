/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
    private static final List<String> NAMES = List.of("snapshot.mode", "cdc.max.batch.events", "name", "topic.prefix");

    @Test
    void findsTheNearestName() {
        assertThat(Spelling.nearest("snaphot.mode", NAMES)).contains("snapshot.mode");
        assertThat(Spelling.nearest("cdc.max.batch.evnts", NAMES)).contains("cdc.max.batch.events");
        assertThat(Spelling.nearest("Topic.Perfix", NAMES)).contains("topic.prefix");
    }

    @Test
    void whatIsFarFromAllIsNearNone() {
        assertThat(Spelling.nearest("owner.of.this", NAMES)).isEmpty();
        assertThat(Spelling.nearest("x", List.of())).isEmpty();
    }

    @Test
    void swapsOfNeighboursAreOneEdit() {
        assertThat(Spelling.distance("perfix", "prefix")).isEqualTo(1);
        assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    }
}

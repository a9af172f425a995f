/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.offsets;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.table.RecordMark;
import org.junit.jupiter.api.Test;

class GroupOffsetTest {
    @Test
    void aPositionThatIsTooLongIsLeftOut() {
        RecordMark mark = new RecordMark(5, 7, "{\"pos\":\"" + "9".repeat(4096) + "\"}");
        assertThat(GroupOffset.of(6, mark).metadata()).isEqualTo("{\"offset\":5,\"timestamp\":7}");
        assertThat(GroupOffset.of(6, mark).offset()).isEqualTo(6);
    }
}

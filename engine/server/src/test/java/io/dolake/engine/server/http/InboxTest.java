/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class InboxTest {
    private static final String PIECE = "x".repeat(60_000);

    private final Memory memory = new Memory(1_000_000);
    private final ServerConfig config = ServerConfig.of(Path.of("."))
            .withLimit(Limit.MAX_REQUEST_BYTES, 500_000)
            .withLimit(Limit.SESSION_WAITING_REQUESTS, 3)
            .withLimit(Limit.SESSION_WAITING_BYTES, 200_000);
    private final Inbox inbox = new Inbox(config, memory);

    private static void take(Inbox inbox, String beginning, int pieces) {
        inbox.take(beginning, false);
        for (int i = 0; i < pieces; i++) {
            inbox.take(PIECE, false);
        }
        inbox.take("\"}", true);
    }

    @Test
    void messagesComeOutWholeAndInOrder() {
        take(inbox, "{\"id\":1,\"sql\":\"", 1);
        inbox.take("two", true);
        assertThat(inbox.next().text()).hasSize(60_017).endsWith("x\"}");
        assertThat(inbox.next().text()).isEqualTo("two");
        assertThat(inbox.next()).isNull();
    }

    @Test
    void manyOrLargeOnesThatWaitFillIt() {
        inbox.take("a", true);
        inbox.take("b", true);
        assertThat(inbox.isFull()).isFalse();
        inbox.take("c", true);
        assertThat(inbox.isFull()).isTrue();
        inbox.next();
        assertThat(inbox.isFull()).isFalse();
        take(inbox, "", 4);
        assertThat(inbox.isFull()).isTrue();
    }

    @Test
    void oneThatIsTooLargeIsRefusedInItsPlace() {
        take(inbox, "{\"id\":7,\"sql\":\"", 10);
        inbox.take("{\"id\":8}", true);
        Inbox.Message refused = inbox.next();
        assertThat(refused.refusal().code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE);
        assertThat(refused.refusal().hint())
                .hasValueSatisfying(hint -> assertThat(hint).contains("DOSQL_MAX_REQUEST_BYTES"));
        assertThat(Inbox.id(refused.text())).isEqualTo(7);
        assertThat(inbox.next().text()).isEqualTo("{\"id\":8}");
        assertThat(memory.used()).isZero();
    }

    /** Parts of messages, too: none of them may ever come to its end. */
    @Test
    void whatAllHoldIsBounded() {
        Inbox[] all = new Inbox[20];
        for (int i = 0; i < all.length; i++) {
            all[i] = new Inbox(config, memory);
            all[i].take("{\"id\":" + i + ",\"sql\":\"", false);
        }
        for (int round = 0; round < 8; round++) {
            for (Inbox each : all) {
                each.take(PIECE, false);
                assertThat(memory.used()).isLessThanOrEqualTo(1_000_000);
            }
        }
        int refused = 0;
        for (int i = 0; i < all.length; i++) {
            all[i].take("\"}", true);
            Inbox.Message message = all[i].next();
            if (message.refusal() != null) {
                refused++;
                assertThat(message.refusal().code()).isEqualTo(ErrorCode.RATE_LIMITED);
                assertThat(Inbox.id(message.text())).isEqualTo(i);
            }
            all[i].answered(message);
        }
        assertThat(refused).isBetween(1, 19);
        assertThat(memory.used()).isZero();
    }

    @Test
    void oneThatIsClosedHoldsNothing() {
        inbox.take(PIECE, false);
        inbox.take(PIECE, false);
        assertThat(memory.used()).isPositive();
        inbox.close();
        inbox.take(PIECE, false);
        inbox.take(PIECE, true);
        assertThat(memory.used()).isZero();
    }

    @Test
    void anIdIsSeenOnlyWhereItIsTheFirstField() {
        assertThat(Inbox.id("{\"id\": 12, \"op\"")).isEqualTo(12);
        assertThat(Inbox.id("{\"op\":\"exec\",\"id\":12")).isNull();
        assertThat(Inbox.id("{\"id\":\"12\",")).isNull();
        assertThat(Inbox.id("xxx")).isNull();
        assertThat(Inbox.id("")).isNull();
        assertThat(Inbox.id("{\"id\":99999999999999999999,")).isNull();
    }
}

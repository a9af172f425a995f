/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.status.SinkTaskMXBean;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Oracle;
import io.dolake.sink.testkit.Shop;
import io.dolake.sink.testkit.Worker;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.management.JMX;
import javax.management.ObjectName;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A flush that somebody asks for, with a commit interval that would not end. */
class FlushIT extends LakeTest {
    private final FakeTopic topic = Shop.orders();

    @Test
    void commitsWhatWaitsAndLeavesWhatComesAfter() throws Exception {
        Map<String, String> settings = lake.settings("flushed-sink");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "3600000");
        topic.upsert("c", 1L, "first");
        topic.upsert("c", 2L, "second");
        try (Worker worker = new Worker(settings, topic)) {
            SinkTaskMXBean bean = JMX.newMXBeanProxy(
                    ManagementFactory.getPlatformMBeanServer(),
                    new ObjectName("io.dolake:type=sink-task,connector=flushed-sink,task=0"),
                    SinkTaskMXBean.class);
            assertThat(bean.flush(0)).as("nothing waits").isTrue();
            worker.poll(10);
            assertThat(bean.getBufferEvents()).isEqualTo(2);
            assertThat(bean.getTimeUntilFlushMs()).isGreaterThan(3_000_000);

            assertThat(bean.flush(0)).as("begun, not waited for").isFalse();
            CompletableFuture<Boolean> flushed = CompletableFuture.supplyAsync(() -> bean.flush(60_000));
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(10);
                return flushed.isDone();
            });
            assertThat(flushed.join()).isTrue();
            Oracle.assertSame(lake, topic, "orders");

            Thread.sleep(2); // what comes now has another time than the flush
            topic.upsert("c", 3L, "third");
            for (int i = 0; i < 20; i++) {
                worker.poll(10);
            }
            assertThat(bean.getBufferEvents()).isEqualTo(1);
            assertThat(bean.getCommits()).isEqualTo(1);
        }
    }

    /** One that comes alone is visible soon; what follows it waits for the interval. */
    @Test
    void theFirstChangeOfAnIdleTableIsCommittedSoon() throws Exception {
        Map<String, String> settings = lake.settings("idle-sink");
        settings.put(SinkConfig.COMMIT_INTERVAL_MS, "3600000");
        settings.put(SinkConfig.COMMIT_FIRST_DELAY_MS, "20");
        topic.upsert("c", 1L, "alone");
        try (Worker worker = new Worker(settings, topic)) {
            SinkTaskMXBean bean = JMX.newMXBeanProxy(
                    ManagementFactory.getPlatformMBeanServer(),
                    new ObjectName("io.dolake:type=sink-task,connector=idle-sink,task=0"),
                    SinkTaskMXBean.class);
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
                worker.poll(10);
                return bean.getCommits() == 1;
            });
            Oracle.assertSame(lake, topic, "orders");

            topic.upsert("c", 2L, "soon after");
            for (int i = 0; i < 40; i++) {
                worker.poll(10);
                Thread.sleep(2);
            }
            assertThat(bean.getBufferEvents()).isEqualTo(1);
            assertThat(bean.getCommits()).isEqualTo(1);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.status.SinkTaskMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SinkBeansTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Map<String, Object> attributes = new HashMap<>();
    private ObjectName name;

    @BeforeEach
    void register() throws Exception {
        name = new ObjectName("io.dolake:type=sink-task,connector=told,task=3");
        SinkTaskMXBean bean = (SinkTaskMXBean) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {SinkTaskMXBean.class},
                (proxy, method, arguments) ->
                        attributes.getOrDefault(method.getName(), initial(method.getReturnType())));
        server.registerMBean(new StandardMBean(bean, SinkTaskMXBean.class, true), name);
    }

    @AfterEach
    void unregister() throws Exception {
        server.unregisterMBean(name);
    }

    @Test
    void tellsOfIndexesAndTheirBuild() {
        attributes.put("getIndexBytes", 4_120L);
        attributes.put("getIndexSpilledBytes", 8_192L);
        assertThat(task())
                .containsEntry("task", 3)
                .containsEntry("indexBytes", 4_120L)
                .containsEntry("indexSpilledBytes", 8_192L)
                .containsEntry("indexBuild", null);
        attributes.put("getIndexBuilds", 2);
        attributes.put("getIndexFilesRead", 5L);
        attributes.put("getIndexFilesToRead", 9L);
        attributes.put("getIndexRowsRead", 1_000L);
        assertThat(task())
                .containsEntry("indexBuild", Map.of("tables", 2, "files", 5L, "filesTotal", 9L, "rows", 1_000L));
    }

    @Test
    void tellsOfTablesAndTakesAResume() {
        attributes.put(
                "getTables",
                Map.of(
                        "shop.orders",
                        Map.of(
                                "state", "SUSPENDED",
                                "code", "FORBIDDEN",
                                "lagRecords", "7",
                                "held.dosql.shop.orders-0", "12",
                                "source.dosql.shop.orders-0", "{}")));
        assertThat(new SinkBeans().tables("told"))
                .singleElement()
                .satisfies(table -> assertThat(table)
                        .containsEntry("connector", "told")
                        .containsEntry("task", 3)
                        .containsEntry("table", "shop.orders")
                        .containsEntry("state", "SUSPENDED")
                        .containsEntry("lagRecords", 7L)
                        .containsEntry("held", Map.of("dosql.shop.orders-0", 12L))
                        .containsEntry("sources", Map.of("dosql.shop.orders-0", "{}")));
        attributes.put("resume", "TABLE_NOT_FOUND: no");
        assertThat(new SinkBeans().resume("told", "shop.orders", "", 1)).containsExactly("TABLE_NOT_FOUND: no");
        assertThat(new SinkBeans().resume("untold", "shop.orders", "", 1)).isEmpty();
    }

    private static Map<String, Object> task() {
        return new SinkBeans().tasks("told").get(0);
    }

    private static Object initial(Class<?> type) {
        if (type == String.class) {
            return "";
        }
        if (type == boolean.class) {
            return false;
        }
        if (type == double.class) {
            return 0.0;
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == int.class) {
            return 0;
        }
        return 0L;
    }
}

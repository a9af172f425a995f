/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.lang.management.ManagementFactory;
import javax.management.ObjectName;

/** What the task of a {@link TaskHarness} shows in JMX. */
final class StateBeans {
    private static final String TASK = "io.dolake:type=source-task,connector=\"test\",task=0";

    private StateBeans() {}

    static Object attribute(String bean, String name) throws Exception {
        return ManagementFactory.getPlatformMBeanServer().getAttribute(new ObjectName(bean), name);
    }

    /** Of the framework's bean of the task. */
    static Object streaming(String name) throws Exception {
        return attribute("debezium.dosql:type=connector-metrics,server=dosql,task=0,context=streaming", name);
    }

    /** Of the bean of one database. */
    static Object streaming(String database, String name) throws Exception {
        return attribute(
                "debezium.dosql:type=connector-metrics,server=dosql,task=0,context=streaming,database=" + database,
                name);
    }

    /** A missing node if it is not there. */
    static JsonNode database(String name) throws Exception {
        return named(new ObjectMapper().readTree((String) attribute(TASK, "DatabasesJson")), name);
    }

    /** A missing node if it is not there. */
    static JsonNode table(String database, String name) throws Exception {
        return named(database(database).path("tables"), name);
    }

    private static JsonNode named(JsonNode list, String name) {
        for (JsonNode node : list) {
            if (node.path("name").asText().equals(name)) {
                return node;
            }
        }
        return MissingNode.getInstance();
    }

    static boolean is(JsonNode node, String state) {
        return node.path("state").asText().equals(state);
    }

    static boolean resume(String collection) throws Exception {
        return (Boolean) ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName(TASK), "resume", new Object[] {collection}, new String[] {String.class.getName()
                });
    }
}

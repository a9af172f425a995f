/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.util.IoUtil;
import java.util.Properties;

/** Names and version of the connector. */
final class Module {
    private static final Properties INFO =
            IoUtil.loadProperties(Module.class, "io/dolake/connector/dosql/build.version");

    private Module() {}

    static String version() {
        return INFO.getProperty("version");
    }

    /** The {@code connector} of every source block. */
    static String name() {
        return "dosql";
    }

    /** Name in the logging context and in JMX object names. */
    static String contextName() {
        return "DoSQL";
    }
}

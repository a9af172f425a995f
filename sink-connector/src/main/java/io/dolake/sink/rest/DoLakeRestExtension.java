/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import io.dolake.sink.status.Version;
import java.util.Map;
import org.apache.kafka.common.utils.AppInfoParser;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds {@code /dolake} to the REST interface of a Connect worker: the status of the cluster's sink tasks, a flush
 * before the commit interval is over, and the suspended tables. Enabled by {@code rest.extension.classes} in the
 * worker's properties; the worker's own access control applies.
 */
public final class DoLakeRestExtension implements ConnectRestExtension {
    private static final Logger LOG = LoggerFactory.getLogger(DoLakeRestExtension.class);

    @Override
    public void register(ConnectRestExtensionContext context) {
        try {
            add(context);
        } catch (NoSuchMethodError e) {
            // Before 4.0 Connect uses javax.ws.rs: the extension would end the worker, and all of its connectors.
            LOG.error(
                    "Cannot add /dolake to the REST interface of this Connect worker (Kafka {}): it needs Kafka Connect 4.0"
                            + " or newer. The sink itself runs without; remove rest.extension.classes, or update the worker",
                    AppInfoParser.getVersion());
        }
    }

    private static void add(ConnectRestExtensionContext context) {
        context.configurable().register(new SinkResource(new SinkBeans(), new OtherWorkers(context.clusterState())));
    }

    @Override
    public String version() {
        return Version.VERSION;
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import io.dolake.sink.DoLakeSinkConnector;
import java.util.Map;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;

/**
 * Adds {@code /dolake} to the REST interface of a Connect worker: what the sink tasks of the cluster hold, a flush
 * that does not wait for the commit interval, and the tables that are set aside. Switched on by {@code rest.extension.classes} in the worker's properties; the
 * worker's own access control applies.
 */
public final class DoLakeRestExtension implements ConnectRestExtension {
    @Override
    public void register(ConnectRestExtensionContext context) {
        context.configurable().register(new SinkResource(new SinkBeans(), new OtherWorkers(context.clusterState())));
    }

    @Override
    public String version() {
        return new DoLakeSinkConnector().version();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}
}

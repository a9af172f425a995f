/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import io.dolake.sink.DoLakeSinkConnector;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;

/** The sink with tasks that stop where they are told to. */
public final class StoppingConnector extends SinkConnector {
    private final DoLakeSinkConnector connector = new DoLakeSinkConnector();

    @Override
    public String version() {
        return connector.version();
    }

    @Override
    public void start(Map<String, String> props) {
        connector.start(props);
    }

    @Override
    public Class<? extends Task> taskClass() {
        return StoppingTask.class;
    }

    @Override
    public List<Map<String, String>> taskConfigs(int maxTasks) {
        return connector.taskConfigs(maxTasks);
    }

    @Override
    public void stop() {
        connector.stop();
    }

    @Override
    public ConfigDef config() {
        return connector.config();
    }
}

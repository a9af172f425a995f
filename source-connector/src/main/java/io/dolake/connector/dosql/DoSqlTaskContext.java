/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;

/** Logging context and metric tags of a task. */
final class DoSqlTaskContext extends CdcSourceTaskContext<DoSqlConnectorConfig> {

    DoSqlTaskContext(Configuration rawConfig, DoSqlConnectorConfig config) {
        super(rawConfig, config, config.getTaskId() == null ? "0" : config.getTaskId(), config.getCustomMetricTags());
    }
}

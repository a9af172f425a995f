/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.annotation.ConnectorSpecific;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.snapshot.spi.SnapshotQuery;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The default {@code snapshot.query.mode}: all rows, the given columns. */
@ConnectorSpecific(connector = DoSqlConnector.class)
public class SelectAllSnapshotQuery implements SnapshotQuery {

    @Override
    public String name() {
        return CommonConnectorConfig.SnapshotQueryMode.SELECT_ALL.getValue();
    }

    @Override
    public void configure(Map<String, ?> properties) {
        // has no settings
    }

    @Override
    public Optional<String> snapshotQuery(String tableId, List<String> columns) {
        String selected = columns.isEmpty() ? "*" : String.join(", ", columns);
        return Optional.of("SELECT " + selected + " FROM " + tableId);
    }
}

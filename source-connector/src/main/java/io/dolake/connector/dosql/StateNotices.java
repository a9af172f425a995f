/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.notification.Notification;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.spi.Offsets;
import io.dolake.schemas.RunState;
import io.dolake.schemas.Suspension;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports every change of state over Debezium's notification channels: aggregate type {@value #AGGREGATE}, the state as
 * type, and {@code connector_name, database, table, code, reason, position, since, remedy}.
 */
final class StateNotices implements DatabaseState.Changes {
    static final String AGGREGATE = "DoSQL State";

    private static final Logger LOGGER = LoggerFactory.getLogger(StateNotices.class);

    private final DoSqlConnectorConfig config;
    private final NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications;
    private final Function<DoSqlPartition, DoSqlOffsetContext> offsets;

    StateNotices(
            DoSqlConnectorConfig config,
            NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications,
            Function<DoSqlPartition, DoSqlOffsetContext> offsets) {
        this.config = config;
        this.notifications = notifications;
        this.offsets = offsets;
    }

    @Override
    public void changed(DatabaseState database, String table, RunState state, Suspension suspension) {
        Map<String, String> data = new LinkedHashMap<>();
        data.put("connector_name", config.getLogicalName());
        data.put("database", database.database());
        if (table != null) {
            data.put("table", table);
        }
        if (suspension != null) {
            suspension.toMap().forEach((key, value) -> data.put(key, value.toString()));
        }
        if (table == null || suspension != null) {
            LOGGER.info("{} is {}", table == null ? database.database() : database.database() + "." + table, state);
        }
        Notification notification = Notification.Builder.builder()
                .withId(UUID.randomUUID().toString())
                .withAggregateType(AGGREGATE)
                .withType(state.name())
                .withAdditionalData(data)
                .withTimestamp(System.currentTimeMillis())
                .build();
        DoSqlPartition partition = new DoSqlPartition(config.getLogicalName(), database.database());
        DoSqlOffsetContext offset = offsets.apply(partition);
        try {
            // without an offset yet, the record has an empty one, like the framework's own records
            notifications.notify(notification, Offsets.of(partition, offset));
        } catch (RuntimeException e) {
            if (RunFaults.isInterruption(e)) {
                throw e;
            }
            LOGGER.warn("Cannot send the notification that {} is {}: {}", partition, state, e.toString());
        }
    }
}

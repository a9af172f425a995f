/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.relational.TableId;
import io.dolake.schemas.RunState;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The states of the databases of a task, as JMX shows them. */
final class DatabaseStates implements SourceTaskMXBean, AutoCloseable {
    /** Maximum number of tables listed per database; those that are not equal to their source come first. */
    static final int MAX_TABLES_LISTED = 1_000;

    private static final Logger LOGGER = LoggerFactory.getLogger(DatabaseStates.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final DoSqlConnectorConfig config;
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final Map<String, DatabaseState> states = new ConcurrentSkipListMap<>();
    private volatile Predicate<String> resume = collection -> false;

    DatabaseStates(DoSqlConnectorConfig config) {
        this.config = config;
    }

    /** Registers the task's MBean, which from now on accepts calls of {@link #resume}. */
    void open(Predicate<String> onResume) {
        resume = onResume;
        TasksOfWorker.add(config.connectorName(), resume);
        register(this, taskName());
    }

    /** Registers a database's MBean. */
    void add(DatabaseState state) {
        states.put(state.database(), state);
        register(new DatabaseBean(state, this::resume), databaseName(state.database()));
    }

    void remove(String database) {
        states.remove(database);
        unregister(databaseName(database));
    }

    /** Whether the table is known to be suspended; for databases of other tasks nothing is known. */
    boolean isSuspended(TableId table) {
        DatabaseState state = states.get(table.catalog());
        TableFault fault = state == null ? null : state.faults().get(table.table());
        return fault != null && fault.isSuspended();
    }

    /** Whether every database has heard from its engine lately; suspended ones do not count. */
    boolean isConnected() {
        List<DatabaseState> counting =
                states.values().stream().filter(DatabaseStates::counts).toList();
        return counting.isEmpty() ? states.isEmpty() : counting.stream().allMatch(DatabaseState::isConnected);
    }

    /** The lag of the database with the largest lag. */
    long lagMs() {
        return states.values().stream()
                .filter(DatabaseStates::counts)
                .mapToLong(DatabaseState::lagMs)
                .max()
                .orElse(-1);
    }

    private static boolean counts(DatabaseState state) {
        RunState now = state.now().state();
        return now == RunState.STREAMING || now == RunState.STARTING;
    }

    @Override
    public String getConnector() {
        return config.connectorName();
    }

    @Override
    public String getServer() {
        return config.getLogicalName();
    }

    @Override
    public List<String> getSickCollections() {
        List<String> sick = new ArrayList<>();
        for (DatabaseState state : states.values()) {
            if (state.now().state() == RunState.SUSPENDED) {
                sick.add(state.database());
            }
            state.faults().keySet().forEach(table -> sick.add(state.database() + "." + table));
        }
        return sick;
    }

    @Override
    public String getDatabasesJson() {
        try {
            return MAPPER.writeValueAsString(
                    states.values().stream().map(DatabaseStates::describe).toList());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot write the states of " + config.connectorName(), e);
        }
    }

    private static Map<String, Object> describe(DatabaseState state) {
        DatabaseState.Now now = state.now();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", state.database());
        object.put("state", now.state().name());
        object.put("connected", state.isConnected());
        object.put("lagMs", state.lagMs());
        object.put("epoch", state.epoch());
        if (now.suspension() == null) {
            object.put("position", state.position());
        } else {
            object.putAll(now.suspension().toMap());
        }
        List<Map<String, Object>> tables = new ArrayList<>();
        Map<String, TableFault> faults = state.faults();
        faults.forEach((table, fault) -> {
            tables.add(table(table, state));
            tables.get(tables.size() - 1).putAll(fault.toMap());
        });
        for (String table : names(state)) {
            if (!faults.containsKey(table) && tables.size() < MAX_TABLES_LISTED) {
                tables.add(table(table, state));
            }
        }
        object.put("tables", tables);
        return object;
    }

    private static Map<String, Object> table(String table, DatabaseState state) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", table);
        object.put("state", state.state(table).name());
        return object;
    }

    /** The known tables of a database, in order. */
    static TreeSet<String> names(DatabaseState state) {
        TreeSet<String> names = new TreeSet<>(state.tables());
        names.addAll(state.pending());
        names.addAll(state.faults().keySet());
        return names;
    }

    @Override
    public boolean resume(String collection) {
        return resume.test(collection);
    }

    private void register(Object bean, ObjectName name) {
        try {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
            server.registerMBean(bean, name);
        } catch (JMException e) {
            LOGGER.warn("Cannot show {} in JMX: {}", name, e.toString());
        }
    }

    private void unregister(ObjectName name) {
        try {
            if (server.isRegistered(name)) {
                server.unregisterMBean(name);
            }
        } catch (JMException e) {
            LOGGER.warn("Cannot remove {} from JMX: {}", name, e.toString());
        }
    }

    private ObjectName taskName() {
        Hashtable<String, String> keys = new Hashtable<>();
        keys.put("type", "source-task");
        keys.put("connector", ObjectName.quote(config.connectorName()));
        keys.put("task", config.taskNumber());
        return name("io.dolake", keys);
    }

    private ObjectName databaseName(String database) {
        Hashtable<String, String> keys = new Hashtable<>();
        keys.put("type", "connector-metrics");
        keys.put("server", config.getLogicalName());
        keys.put("task", config.taskNumber());
        keys.put("context", "streaming");
        keys.put("database", database);
        return name("debezium." + config.getContextName().toLowerCase(java.util.Locale.ROOT), keys);
    }

    private static ObjectName name(String domain, Hashtable<String, String> keys) {
        try {
            return new ObjectName(domain, keys);
        } catch (JMException e) {
            throw new IllegalArgumentException("Cannot name a bean after " + keys, e);
        }
    }

    @Override
    public void close() {
        TasksOfWorker.remove(config.connectorName(), resume);
        unregister(taskName());
        states.keySet().forEach(database -> unregister(databaseName(database)));
    }
}

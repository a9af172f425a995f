/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.pipeline.spi.Partition;
import io.debezium.relational.AbstractPartition;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** One database: {@code {"server": topic prefix, "database": name}}. */
final class DoSqlPartition extends AbstractPartition {
    static final String SERVER_KEY = "server";
    static final String DATABASE_KEY = "database";

    private final Map<String, String> sourcePartition;

    DoSqlPartition(String server, String database) {
        super(database);
        // A HashMap: the order of the entries is part of the stored key. The order of Map.of differs between JVMs, and
        // the worker's REST interface builds the key for its lookup from a HashMap.
        Map<String, String> partition = new HashMap<>();
        partition.put(SERVER_KEY, server);
        partition.put(DATABASE_KEY, database);
        this.sourcePartition = Collections.unmodifiableMap(partition);
    }

    String database() {
        return databaseName;
    }

    @Override
    public Map<String, String> getSourcePartition() {
        return sourcePartition;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DoSqlPartition that && sourcePartition.equals(that.sourcePartition);
    }

    @Override
    public int hashCode() {
        return sourcePartition.hashCode();
    }

    @Override
    public String toString() {
        return "database " + databaseName;
    }

    /** The databases of a task, in order. */
    static final class Provider implements Partition.Provider<DoSqlPartition> {
        private final String server;
        private final List<String> databases;

        Provider(String server, List<String> databases) {
            this.server = server;
            this.databases = databases;
        }

        @Override
        public Set<DoSqlPartition> getPartitions() {
            Set<DoSqlPartition> partitions = new LinkedHashSet<>();
            databases.forEach(database -> partitions.add(new DoSqlPartition(server, database)));
            return partitions;
        }
    }
}

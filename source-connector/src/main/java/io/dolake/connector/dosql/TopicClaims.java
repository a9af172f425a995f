/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.TableId;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.engine.client.Session;
import io.dolake.engine.client.Statement;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Detects whether a table that is new to the connector would send to a topic that Kafka cannot distinguish from that of
 * another table. It compares the tables of databases whose names start alike: existing tables, and those that the task
 * has sent since it started, whose topics remain. If two tables are new at the same time in different tasks, both may
 * find the other. Not used for tables that are sent already: they were first.
 */
final class TopicClaims {
    private static final Duration LIST_LASTS = Duration.ofSeconds(10);
    private static final int FETCH = 1_000;

    private final EngineConnection engine;
    private final TopicNamingStrategy<TableId> topics;
    private final DoSqlDatabaseSchema schema;
    private final Predicate<TableId> sends;
    private List<String> databases = List.of();
    private long listedNanos = System.nanoTime() - LIST_LASTS.toNanos();

    /** @param sends whether an existing table is captured, and not known to be suspended */
    TopicClaims(
            EngineConnection engine,
            TopicNamingStrategy<TableId> topics,
            DoSqlDatabaseSchema schema,
            Predicate<TableId> sends) {
        this.schema = schema;
        this.engine = engine;
        this.topics = topics;
        this.sends = sends;
    }

    /** @throws DoLakeException INVALID_CONFIGURATION if another table has the topic */
    void check(TableId table) {
        String topic = topics.dataChangeTopic(table);
        String compared = DoSqlTopicNamingStrategy.compared(topic);
        for (String database : databases(table.catalog())) {
            boolean namesBeginAlike =
                    database.startsWith(table.catalog()) || table.catalog().startsWith(database);
            if (namesBeginAlike && !database.equals(table.catalog())) {
                Stream.concat(
                                schema.past().stream()
                                        .filter(other -> other.catalog().equals(database)),
                                tables(database).stream()
                                        .map(name -> new TableId(database, null, name))
                                        .filter(sends))
                        .filter(other -> collide(topic, compared, topics.dataChangeTopic(other)))
                        .findFirst()
                        .ifPresent(other -> refuse(table, topic, other));
            }
        }
    }

    /** A user's own strategy may send several tables to one topic on purpose. */
    private boolean collide(String topic, String compared, String other) {
        return DoSqlTopicNamingStrategy.compared(other).equals(compared)
                && (((Object) topics) instanceof DoSqlTopicNamingStrategy || !other.equals(topic));
    }

    private List<String> databases(String known) {
        boolean isOld = System.nanoTime() - listedNanos > LIST_LASTS.toNanos();
        if (isOld || !databases.contains(known)) {
            databases = engine.databases();
            listedNanos = System.nanoTime();
        }
        return databases;
    }

    private List<String> tables(String database) {
        try (Session session = engine.session(database);
                Session.Cursor cursor =
                        session.query(Statement.of("SELECT name FROM sqlite_schema WHERE type = 'table'"), FETCH)) {
            List<String> names = new ArrayList<>();
            for (Object[] row = cursor.next(); row != null; row = cursor.next()) {
                names.add((String) row[0]);
            }
            return names;
        } catch (DoLakeException e) {
            if (e.code() == ErrorCode.DATABASE_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private void refuse(TableId table, String topic, TableId other) {
        throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot send table " + table + " to topic " + topic + ": Kafka cannot tell it from "
                                + topics.dataChangeTopic(other) + ", the topic of table " + other)
                .withHint(
                        "Rename table " + table + ", or leave it out with table.exclude.list: the other topic stays in"
                                + " Kafka, whatever becomes of its table");
    }
}

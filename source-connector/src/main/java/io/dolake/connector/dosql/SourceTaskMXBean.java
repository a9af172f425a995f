/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.List;

/** A task and all of its databases: {@code io.dolake:type=source-task,connector=<name>,task=<number>}. */
public interface SourceTaskMXBean {
    /** Name of the connector, and {@code topic.prefix}. */
    String getConnector();

    String getServer();

    /** Databases and tables that are not equal to their source: {@code database} or {@code database.table}. */
    List<String> getSickCollections();

    /**
     * A JSON array, one object for each database: {@code name, state, connected, lagMs, epoch, position}, {@code code,
     * reason, since, remedy} where it is suspended, and {@code tables}: an array of {@code name, state}, and the same
     * fields where a table is suspended or continues without some of its changes ({@code skipped}).
     */
    String getDatabasesJson();

    /**
     * Resumes a database or a table: a table is read again, a database continues from its position or, if that fails,
     * is read again. Returns at once; the state shows the result.
     *
     * @param collection {@code database} or {@code database.table}
     * @return whether the task has such a database
     */
    boolean resume(String collection);
}

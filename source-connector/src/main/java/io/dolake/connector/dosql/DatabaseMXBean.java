/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import java.util.Map;

/**
 * One database of a task: {@code debezium.dosql:type=connector-metrics,server=<prefix>,task=<number>,context=streaming,
 * database=<name>}.
 */
public interface DatabaseMXBean {
    /** One of STARTING, SNAPSHOTTING, STREAMING, SUSPENDED, STOPPED. */
    String getState();

    /** Why it is suspended; empty otherwise, as are position, since and remedy. */
    String getCode();

    String getReason();

    String getSuspendedAt();

    String getSince();

    String getRemedy();

    /** LSN and event up to which its changes have been sent. */
    String getPosition();

    boolean isConnected();

    long getMilliSecondsBehindSource();

    /** State by table. */
    Map<String, String> getTableStates();

    /** Number of changes of its tables that were left out. */
    long getSkippedChanges();

    void resume();

    void resumeTable(String table);
}

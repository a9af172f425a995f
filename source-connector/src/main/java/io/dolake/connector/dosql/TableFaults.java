/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Suspension;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The tables of a database that are not equal to their source, by name. Stored in the offset, so that a suspended table
 * stays suspended over restarts: otherwise skipped changes would be missing unnoticed.
 */
final class TableFaults {
    /** With more tables than this at a time, the fault is the database's. */
    static final int MAX_TABLES = 200;

    private static final int MAX_TEXT = 400;
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, Map<String, Object>>> TABLES = new TypeReference<>() {};

    private final TreeMap<String, TableFault> faults;
    private String json;

    private TableFaults(TreeMap<String, TableFault> faults) {
        this.faults = faults;
    }

    static TableFaults none() {
        return new TableFaults(new TreeMap<>());
    }

    /** Parses the result of {@link #toString}; null means none. */
    static TableFaults parse(String json) {
        TableFaults parsed = none();
        if (json == null) {
            return parsed;
        }
        try {
            TreeMap<String, Map<String, Object>> tables = MAPPER.readValue(json, TABLES);
            if (tables == null || tables.containsValue(null)) {
                throw unreadable(json, null);
            }
            tables.forEach((table, map) -> parsed.faults.put(table, fault(map)));
            return parsed;
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
            throw unreadable(json, e);
        }
    }

    private static DoLakeException unreadable(String json, Exception e) {
        return new DoLakeException(
                ErrorCode.INVALID_ARGUMENT,
                "Cannot read offset: 'faults' is " + json + ", expected a JSON object of table to code, reason,"
                        + " position, since, remedy",
                e);
    }

    private static TableFault fault(Map<String, Object> map) {
        Suspension last = new Suspension(
                ErrorCode.valueOf(String.valueOf(map.get("code"))),
                String.valueOf(map.get("reason")),
                String.valueOf(map.get("position")),
                Instant.parse(String.valueOf(map.get("since"))),
                String.valueOf(map.get("remedy")));
        long skipped = map.get("skipped") instanceof Number number ? number.longValue() : 0;
        return new TableFault(last, skipped, Boolean.TRUE.equals(map.get("stale")));
    }

    boolean isEmpty() {
        return faults.isEmpty();
    }

    /** Whether one more table may have been skipped without being listed here. */
    boolean isFull() {
        return faults.size() >= MAX_TABLES;
    }

    boolean isSuspended(String table) {
        if (faults.isEmpty()) {
            return false;
        }
        TableFault fault = faults.get(table);
        return fault != null && fault.isSuspended();
    }

    /** From here on the changes of the table are left out. */
    TableFault suspend(String table, Suspension reason) {
        return put(table, new TableFault(shortened(reason), 0, false));
    }

    /**
     * The table's changes continue; rows that were sent before correspond to earlier settings. An existing fault of the
     * table is kept; if there are too many faults, nothing is recorded.
     */
    boolean goesStale(String table, Suspension reason) {
        if (faults.containsKey(table) || isFull()) {
            return false;
        }
        put(table, new TableFault(shortened(reason), 0, true));
        return true;
    }

    /** One change of the table was left out. */
    TableFault skip(String table, Suspension reason) {
        TableFault before = faults.get(table);
        return put(table, new TableFault(shortened(reason), 1 + (before == null ? 0 : before.skipped()), false));
    }

    private TableFault put(String table, TableFault fault) {
        if (faults.size() >= MAX_TABLES && !faults.containsKey(table)) {
            throw new DoLakeException(
                            ErrorCode.INVALID_CONFIGURATION,
                            "Cannot suspend table " + table + ": " + MAX_TABLES
                                    + " tables of its database are suspended already; this one for "
                                    + fault.last().code() + ": " + fault.last().reason())
                    .withHint("Correct or exclude tables of the database, then resume it");
        }
        faults.put(table, fault);
        json = null;
        return fault;
    }

    /** The table is equal to its source again, or gone. */
    void forget(String table) {
        if (faults.remove(table) != null) {
            json = null;
        }
    }

    /** A copy, by table. */
    Map<String, TableFault> byTable() {
        return new LinkedHashMap<>(faults);
    }

    private static Suspension shortened(Suspension reason) {
        return new Suspension(
                reason.code(), cut(reason.reason()), reason.position(), reason.since(), cut(reason.remedy()));
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT - 3) + "...";
    }

    /** The form in the offset. */
    @Override
    public String toString() {
        if (json == null) {
            Map<String, Object> map = new LinkedHashMap<>();
            faults.forEach((table, fault) -> map.put(table, fault.toMap()));
            try {
                json = MAPPER.writeValueAsString(map);
            } catch (JsonProcessingException e) {
                throw new DoLakeException(
                        ErrorCode.INTERNAL_ERROR, "Cannot write offset: " + e.getOriginalMessage(), e);
            }
        }
        return json;
    }
}

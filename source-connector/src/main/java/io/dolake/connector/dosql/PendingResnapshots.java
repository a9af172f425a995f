/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tables whose rows must be read again because the log does not have them: rows of a renamed table were never sent
 * under its new name. A table is pending until its rows have been read, at a later LSN; its changes up to that LSN are
 * then part of the rows that were read, and are left out. Stored in the offset, so that a restart continues with it.
 */
final class PendingResnapshots {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final TypeReference<TreeMap<String, String>> TABLES = new TypeReference<>() {};
    private static final String PENDING = "pending";

    private final TreeMap<String, String> tables;
    private String json;

    private PendingResnapshots(TreeMap<String, String> tables) {
        this.tables = tables;
    }

    static PendingResnapshots none() {
        return new PendingResnapshots(new TreeMap<>());
    }

    /** Parses the result of {@link #toString}; null means none. */
    static PendingResnapshots parse(String json) {
        if (json == null) {
            return none();
        }
        try {
            TreeMap<String, String> tables = MAPPER.readValue(json, TABLES);
            if (tables == null || tables.containsValue(null)) {
                throw new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot read offset: 'resend' holds null");
            }
            tables.values().stream().filter(value -> !value.equals(PENDING)).forEach(Lsn::parse);
            return new PendingResnapshots(tables);
        } catch (JsonProcessingException | DoLakeException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read offset: 'resend' is " + json + ", expected a JSON object of table to LSN or pending",
                    e);
        }
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    void request(String table) {
        tables.put(table, PENDING);
        json = null;
    }

    void forget(String table) {
        tables.remove(table);
        json = null;
    }

    boolean isAnyPending() {
        return !tables.isEmpty() && tables.containsValue(PENDING);
    }

    List<String> pending() {
        return tables.entrySet().stream()
                .filter(entry -> entry.getValue().equals(PENDING))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The rows of the table as of the LSN were sent. */
    void done(String table, Lsn asOf) {
        tables.put(table, asOf.toString());
        json = null;
    }

    /** Whether a change of the table in this transaction is part of rows that were, or will be, read. */
    boolean covers(String table, Lsn lsn) {
        String until = tables.get(table);
        return until != null && (until.equals(PENDING) || !lsn.isAfter(Lsn.parse(until)));
    }

    /** The stream is past the LSN: rows that were read up to there cover no further changes. */
    void passed(Lsn lsn) {
        if (tables.isEmpty()) {
            return;
        }
        tables.values()
                .removeIf(until -> !until.equals(PENDING) && !Lsn.parse(until).isAfter(lsn));
        json = null;
    }

    /** The form in the offset. */
    @Override
    public String toString() {
        if (json != null) {
            return json;
        }
        try {
            json = MAPPER.writeValueAsString(tables);
            return json;
        } catch (JsonProcessingException e) {
            throw new DoLakeException(ErrorCode.INTERNAL_ERROR, "Cannot write offset: " + e.getOriginalMessage(), e);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.RunState;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;

/**
 * A page of the databases in the order of their names. Opens none of them: what is not open is told by its name, and, if the last
 * attempt to open it failed, by why it is set aside.
 *
 * @param after only names behind this one
 * @param limit as many at most
 * @param isUnwellOnly only those with an error
 */
record DatabasePage(String after, int limit, boolean isUnwellOnly) {
    private static final Set<String> PARAMETERS = Set.of("after", "limit", "unwell");

    /** @throws DoLakeException INVALID_ARGUMENT for a parameter that is unknown or makes no sense */
    static DatabasePage of(Request request, ServerConfig config) {
        Fields query = Request.extractQueryParameters(request);
        for (String name : query.getNames()) {
            if (!PARAMETERS.contains(name)) {
                throw JsonReader.invalid(name, "there is no such parameter; there are after, limit and unwell");
            }
        }
        int max = config.intLimit(Limit.LISTED_DATABASES);
        String after = query.getValue("after");
        return new DatabasePage(after == null ? "" : after, limit(query.getValue("limit"), max), isUnwell(query));
    }

    private static int limit(String text, int max) {
        if (text == null) {
            return max;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > max) {
            throw JsonReader.invalid("limit", "it is not within 1 to " + max);
        }
        return Integer.parseInt(text);
    }

    private static boolean isUnwell(Fields query) {
        String text = query.getValue("unwell");
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw JsonReader.invalid("unwell", "it is neither true nor false");
        }
        return "true".equals(text);
    }

    /** Names, and epochs of those that are open. */
    void writeNames(JsonGenerator json, Engine engine) throws IOException {
        write(json, engine, (name, database) -> {
            DatabaseStatus status = database == null ? null : database.status();
            json.writeStringField("name", name);
            if (status != null) {
                json.writeStringField("state", status.state().name());
                if (status.suspension() != null) {
                    JsonWriter.suspension(json, status.suspension());
                }
                json.writeStringField("epoch", status.epoch());
            }
        });
    }

    /** The status of those that are open. */
    void writeStatus(JsonGenerator json, Engine engine) throws IOException {
        write(json, engine, (name, database) -> {
            if (database == null) {
                json.writeStringField("name", name);
            } else {
                JsonWriter.status(json, database.status());
            }
        });
    }

    private interface Entry {
        /**
         * Asks the database before it writes anything.
         *
         * @param database null if it is not open
         */
        void write(String name, Database database) throws IOException;
    }

    private void write(JsonGenerator json, Engine engine, Entry entry) throws IOException {
        Map<String, DatabaseSlot> slots = engine.slots();
        json.writeArrayFieldStart("databases");
        int written = 0;
        String last = null;
        Iterator<String> names = engine.names().iterator();
        while (names.hasNext() && written < limit) {
            String name = names.next();
            DatabaseSlot slot = slots.get(name);
            if (name.compareTo(after) <= 0 || isUnwellOnly && !isUnwell(slot)) {
                continue;
            }
            last = name;
            written++;
            json.writeStartObject();
            write(json, name, slot, entry);
            json.writeEndObject();
        }
        json.writeEndArray();
        if (last != null && names.hasNext()) {
            json.writeStringField("next", last);
        }
    }

    private static void write(JsonGenerator json, String name, DatabaseSlot slot, Entry entry) throws IOException {
        Database database = slot == null ? null : slot.database();
        json.writeBooleanField("open", database != null);
        OpenFailure failure = database == null && slot != null ? slot.failure() : null;
        try {
            entry.write(name, database);
            if (failure != null) {
                json.writeStringField("state", RunState.SUSPENDED.name());
                JsonWriter.suspension(json, failure.suspension());
                JsonWriter.error(json, failure.error());
            }
        } catch (DoLakeException e) { // it is being closed
            json.writeStringField("name", name);
            json.writeStringField("state", RunState.STOPPED.name());
            JsonWriter.error(json, e);
        }
    }

    private static boolean isUnwell(DatabaseSlot slot) {
        if (slot == null) {
            return false;
        }
        Database database = slot.database();
        if (database == null) {
            return slot.failure() != null;
        }
        DatabaseStatus status = database.status();
        return status.suspension() != null
                || status.captureError() != null
                || status.archive() != null && status.archive().error() != null;
    }
}

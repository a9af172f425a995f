/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.DatabaseSlot;
import io.dolake.engine.server.database.DatabaseStatus;
import io.dolake.engine.server.database.Engine;
import io.dolake.engine.server.database.OpenFailure;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.RunState;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One page of the list of databases, ordered by name. Opens none of them: of a database that is not open it gives the
 * name, and the error of the last attempt to open it.
 *
 * @param after only names after this one
 * @param limit the largest number of databases on the page
 * @param isUnwellOnly only databases with an error
 */
record DatabasePage(String after, int limit, boolean isUnwellOnly) {
    private static final Logger LOG = LoggerFactory.getLogger(DatabasePage.class);

    private static final Set<String> PARAMETERS = Set.of("after", "limit", "unwell");

    /** @throws DoLakeException INVALID_ARGUMENT for an unknown parameter or an invalid value */
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
            throw JsonReader.invalid("unwell", "it must be true or false");
        }
        return "true".equals(text);
    }

    /** The names that the caller may see, with the epochs of the databases that are open. */
    void writeNames(JsonGenerator json, Engine engine, Access access) throws IOException {
        write(json, engine, access, status -> {
            json.writeStringField("name", status.name());
            json.writeStringField("state", status.state().name());
            if (status.suspension() != null) {
                Json.suspension(json, status.suspension());
            }
            json.writeStringField("epoch", status.epoch());
        });
    }

    /** The names that the caller may see, with the status of the databases that are open. */
    void writeStatus(JsonGenerator json, Engine engine, Access access) throws IOException {
        write(json, engine, access, status -> Replies.status(json, status));
    }

    /** Writes the fields of a database that is open. */
    private interface Entry {
        void write(DatabaseStatus status) throws IOException;
    }

    private void write(JsonGenerator json, Engine engine, Access access, Entry entry) throws IOException {
        Map<String, DatabaseSlot> slots = engine.slots();
        json.writeArrayFieldStart("databases");
        int written = 0;
        String last = null;
        Iterator<String> names = engine.names().stream().filter(access::sees).iterator();
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
        DatabaseStatus status = status(slot);
        json.writeBooleanField("open", status != null);
        if (status != null) {
            entry.write(status);
            return;
        }
        json.writeStringField("name", name);
        OpenFailure failure = slot == null ? null : slot.failure();
        json.writeStringField("state", (failure == null ? RunState.STOPPED : RunState.SUSPENDED).name());
        if (failure != null) {
            Json.suspension(json, failure.suspension());
            Json.error(json, failure.error());
        }
    }

    /** Null if the database is not open, or is being closed. */
    private static DatabaseStatus status(DatabaseSlot slot) {
        Database database = slot == null ? null : slot.database();
        try {
            return database == null ? null : database.status();
        } catch (DoLakeException e) {
            LOG.debug("{} is being closed", database.name(), e);
            return null;
        }
    }

    private static boolean isUnwell(DatabaseSlot slot) {
        if (slot == null) {
            return false;
        }
        DatabaseStatus status = status(slot);
        if (status == null) {
            return slot.failure() != null;
        }
        return status.state() == RunState.SUSPENDED
                || status.archive() != null && status.archive().error() != null;
    }
}

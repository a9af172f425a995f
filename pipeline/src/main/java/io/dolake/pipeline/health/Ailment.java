/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.health;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RunState;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of the pipeline that does not work, and how to repair it. Holds no value of a row.
 *
 * @param kind what it is
 * @param name {@code dosql-source}, {@code dosql-source/0}, {@code shop}, {@code shop.orders}
 * @param where the part that reports it: {@code engine}, or the name of a connector
 * @param position where it stands, empty if unknown
 * @param since since when, empty if unknown
 * @param remedy what to do, empty if unknown
 * @param held topic partitions, as {@code topic-0}, that a sink holds for it: what they have is not in the lake
 */
public record Ailment(
        Kind kind,
        String name,
        String where,
        RunState state,
        ErrorCode code,
        String reason,
        String position,
        String since,
        String remedy,
        Set<String> held) {

    /** {@code dosql.shop.orders-0}: a database has no dot in its name, so three parts are never a table's name. */
    private static final Pattern PARTITION = Pattern.compile("dosql\\.([a-z0-9][a-z0-9_-]*\\..+)-\\d+");

    /** From the largest to the smallest. */
    public enum Kind {
        PART,
        CONNECTOR,
        TASK,
        DATABASE,
        TABLE;

        /** The name that users see. */
        public String text() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static Ailment of(Kind kind, String name, String where, RunState state, DoLakeException error) {
        return new Ailment(
                kind,
                name,
                where,
                state,
                error.code(),
                error.getMessage(),
                "",
                "",
                error.hint().orElse(""),
                Set.of());
    }

    /** This ailment, with more topic partitions that it holds. */
    Ailment holding(Set<String> more) {
        Set<String> all = new TreeSet<>(held);
        all.addAll(more);
        return new Ailment(kind, name, where, state, code, reason, position, since, remedy, all);
    }

    /** From the wire form of a suspension, see {@code schemas/SPEC.md}, section 5.1. */
    static Ailment of(Kind kind, String name, String where, RunState state, JsonNode suspension) {
        return new Ailment(
                kind,
                name,
                where,
                state,
                code(suspension.path("code").asText()),
                suspension.path("reason").asText(suspension.path("message").asText("no reason given")),
                suspension.path("position").asText(""),
                suspension.path("since").asText(""),
                suspension.path("remedy").asText(suspension.path("hint").asText("")),
                Set.of());
    }

    /** A code that this version does not know is reported as an internal error. */
    private static ErrorCode code(String name) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return ErrorCode.INTERNAL_ERROR;
    }

    /** The database that it is or belongs to; empty if it concerns all databases. */
    public Optional<String> database() {
        return switch (kind) {
            case DATABASE -> Optional.of(name);
            case TABLE -> Optional.of(table().substring(0, Math.max(0, table().indexOf('.'))));
            default -> Optional.empty();
        };
    }

    /** The name of a table as {@code database.table}, also where the sink names the partition of its topic. */
    public String table() {
        Matcher partition = PARTITION.matcher(name);
        return partition.matches() ? partition.group(1) : name;
    }

    /** One line: {@code table shop.orders SUSPENDED: TYPE_MISMATCH: Cannot ...}. */
    public String line() {
        return kind.text() + " " + name + " " + state + ": " + code + ": " + reason;
    }

    /** The form of {@code status --json}. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("kind", kind.text());
        map.put("name", name);
        map.put("toldBy", where);
        map.put("state", state.name());
        map.put("code", code.name());
        map.put("reason", reason);
        map.put("position", position);
        map.put("since", since);
        map.put("remedy", remedy);
        return map;
    }
}

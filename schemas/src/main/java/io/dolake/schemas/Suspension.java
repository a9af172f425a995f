/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Why a database or a table is suspended, and how it comes back. Contains no values of rows.
 *
 * @param code the kind of the fault
 * @param reason a message in the form of {@link DoLakeException}, without values of rows
 * @param position the position at the fault: an LSN and event, or a topic-partition@offset; empty if there is none
 * @param since when it was suspended
 * @param remedy what to do, in a sentence
 */
public record Suspension(ErrorCode code, String reason, String position, Instant since, String remedy) {
    public Suspension {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(position, "position");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(remedy, "remedy");
    }

    /** Makes a suspension from an error; its hint, if it has one, is the remedy. */
    public static Suspension of(DoLakeException error, String position, Instant since, String remedy) {
        return new Suspension(
                error.code(), error.getMessage(), position, since, error.hint().orElse(remedy));
    }

    /** The wire form: {@code code, reason, position, since} (ISO 8601), {@code remedy}, in that order. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("code", code.name());
        map.put("reason", reason);
        map.put("position", position);
        map.put("since", since.toString());
        map.put("remedy", remedy);
        return map;
    }
}

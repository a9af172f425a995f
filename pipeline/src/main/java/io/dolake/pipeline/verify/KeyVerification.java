/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.verify;

import io.dolake.pipeline.lake.SinkTools;
import io.dolake.schemas.DoLakeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for keys that are live more than once in a table, with the sink's own checker. */
public final class KeyVerification {
    private static final String REPORT = "io.dolake.sink.check.KeyReport";

    private final SinkTools tools;

    /** Of the catalog of these tools. */
    public KeyVerification(SinkTools tools) {
        this.tools = tools;
    }

    /**
     * One object for each snapshot that was checked: {@code table}, {@code keyColumns}, {@code snapshot}, {@code keys},
     * {@code duplicates}, {@code places}.
     *
     * @param keyColumns empty for those that the table names
     * @throws DoLakeException TABLE_NOT_FOUND, INVALID_ARGUMENT if it has no key, or what the catalog says
     */
    @SuppressWarnings("unchecked") // the other side of the call is the sink's, and documented
    public List<Map<String, Object>> run(String table, List<String> keyColumns, boolean allSnapshots) {
        Object answer = tools.call(
                "check the keys of " + table,
                REPORT,
                new Class<?>[] {Map.class, String.class, List.class, boolean.class},
                tools.settings(),
                table,
                keyColumns,
                allSnapshots);
        List<Map<String, Object>> findings = new ArrayList<>();
        for (Map<String, Object> finding : (List<Map<String, Object>>) answer) {
            SinkTools.check(finding);
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("table", table);
            object.putAll(finding);
            findings.add(object);
        }
        return findings;
    }
}

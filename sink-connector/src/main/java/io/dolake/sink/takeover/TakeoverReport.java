/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.takeover;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.catalog.Catalogs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.connect.events.TableReference;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.kafka.common.KafkaException;

/**
 * Finds the files that a stopped Apache Iceberg sink has written but not committed, for a program that has loaded the
 * plugin in a separate class loader: types of the JDK only. Resuming from that sink's offsets would lose these files.
 */
public final class TakeoverReport {
    private static final String CATALOG = "iceberg.catalog";
    /** The Apache sink's default name for its catalog; a JDBC catalog stores it with its tables. */
    private static final String ITS_CATALOG = "iceberg";

    private TakeoverReport() {}

    /**
     * Looks for pending files, and commits them if requested.
     *
     * @param connector the configuration of the Apache sink: {@code name}, {@code iceberg.*}
     * @param commit whether pending files are committed to their tables
     * @return an object for each table with pending files: {@code table}, {@code files}, {@code rows}, {@code
     *     committed}, and {@code skipped}, the reason why not, or null; or one with {@code error}, a code, {@code
     *     message} and {@code hint}
     */
    public static List<Map<String, Object>> of(Map<String, String> connector, boolean commit) {
        try {
            Settings settings = Settings.of(connector);
            Map<String, String> named = new HashMap<>(connector);
            named.putIfAbsent(CATALOG, ITS_CATALOG);
            Catalog catalog = Catalogs.open(named);
            try (AutoCloseable closing = catalog instanceof AutoCloseable closeable ? closeable : () -> {};
                    ControlTopic topic = new ControlTopic(settings)) {
                return look(settings, catalog, topic, commit);
            }
        } catch (DoLakeException e) {
            return List.of(error(e.code(), e.getMessage(), e.hint().orElse("")));
        } catch (KafkaException e) {
            return List.of(error(ErrorCode.CONNECTION_ERROR, "Cannot take over: " + e.getMessage(), ""));
        } catch (Exception e) {
            return List.of(error(ErrorCode.CATALOG_ERROR, "Cannot take over: " + e.getMessage(), ""));
        }
    }

    private static List<Map<String, Object>> look(
            Settings settings, Catalog catalog, ControlTopic topic, boolean commit) {
        topic.checkStopped();
        ControlTopic.Pending pending = topic.pending();
        Map<TableIdentifier, List<ControlTopic.Written>> byTable = new LinkedHashMap<>();
        pending.written()
                .forEach(written -> byTable.computeIfAbsent(
                                written.data().tableReference().identifier(), any -> new ArrayList<>())
                        .add(written));
        List<Map<String, Object>> found = new ArrayList<>();
        byTable.forEach((name, written) -> table(settings, catalog, name, written, commit ? pending.end() : null)
                .ifPresent(found::add));
        if (commit && found.stream().allMatch(table -> table.get("skipped") == null)) {
            topic.committed(pending.end());
        }
        return found;
    }

    /** @param end null to only look */
    private static Optional<Map<String, Object>> table(
            Settings settings,
            Catalog catalog,
            TableIdentifier name,
            List<ControlTopic.Written> all,
            Map<Integer, Long> end) {
        Table table;
        try {
            table = catalog.loadTable(name);
        } catch (NoSuchTableException e) {
            return Optional.of(object(name, 0, 0, false, "there is no such table any more"));
        }
        List<ControlTopic.Written> written = all.stream()
                .filter(message -> isOf(table, message.data().tableReference()))
                .toList();
        PendingFiles files = new PendingFiles(settings, table, settings.branch(name), written);
        if (files.count() == 0) {
            return Optional.empty();
        }
        List<String> lost = files.lost();
        String skipped = lost.isEmpty() ? null : lost.size() + " files are gone, the first: " + lost.get(0);
        if (skipped == null && end != null) {
            files.commit(end);
        }
        return Optional.of(object(name, files.count(), files.rows(), skipped == null && end != null, skipped));
    }

    /** A table that was recreated under the name is another one: the coordinator would not commit to it either. */
    private static boolean isOf(Table table, TableReference reference) {
        return reference.uuid() == null || reference.uuid().equals(table.uuid());
    }

    private static Map<String, Object> object(
            TableIdentifier name, int files, long rows, boolean committed, String skipped) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("table", name.toString());
        object.put("files", files);
        object.put("rows", rows);
        object.put("committed", committed);
        object.put("skipped", skipped);
        return object;
    }

    private static Map<String, Object> error(ErrorCode code, String message, String hint) {
        return Map.of("error", code.name(), "message", message, "hint", hint);
    }
}

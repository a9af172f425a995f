/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.sink.config.AccessConfig;
import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.support.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.io.FileIO;

/**
 * Checks the access that a sink needs: queries the catalog, and writes, reads and removes a small file in the
 * warehouse.
 */
public final class AccessCheck {
    private static final byte[] CONTENT = "dolake".getBytes(StandardCharsets.UTF_8);

    private final SinkConfig config;
    private volatile String step = "open the catalog";

    private AccessCheck(SinkConfig config) {
        this.config = config;
    }

    /** A problem, and the setting that is likely to be the cause. */
    public record Finding(String key, DoLakeException error) {}

    /** The problem with the catalog or warehouse; empty if there is none. Takes as long as the settings allow. */
    public static Optional<Finding> find(SinkConfig config) {
        AccessCheck check = new AccessCheck(config);
        return check.fault().map(error -> new Finding(check.key(), error));
    }

    private String key() {
        Map<String, String> properties = config.catalogProperties();
        if (step.contains("warehouse")) {
            return SinkConfig.CATALOG_PREFIX + CatalogProperties.WAREHOUSE_LOCATION;
        }
        for (String property :
                List.of(CatalogProperties.URI, CatalogUtil.ICEBERG_CATALOG_TYPE, CatalogProperties.CATALOG_IMPL)) {
            if (properties.containsKey(property)) {
                return SinkConfig.CATALOG_PREFIX + property;
            }
        }
        return SinkConfig.CATALOG;
    }

    private Optional<DoLakeException> fault() {
        AccessCheck check = this;
        FutureTask<Void> task = new FutureTask<>(check::run, null);
        // If it hangs, the thread is abandoned: the clients end by their own timeouts.
        new DaemonThreads("dolake-access-check").newThread(task).start();
        long timeoutMs = config.accessCheckTimeoutMs();
        try {
            task.get(timeoutMs, TimeUnit.MILLISECONDS);
            return Optional.empty();
        } catch (ExecutionException e) {
            return Optional.of(FailureClassifier.explain(check.step, e.getCause(), check.place())
                    .error());
        } catch (TimeoutException e) {
            task.cancel(true);
            return Optional.of(new DoLakeException(
                            ErrorCode.TIMEOUT, "Cannot " + check.step + ": no answer within " + timeoutMs + " ms")
                    .withHint("Check the address, or raise " + AccessConfig.TIMEOUT_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of(new DoLakeException(ErrorCode.TIMEOUT, "Cannot " + check.step + ": interrupted", e));
        }
    }

    private void run() {
        try (LazyCatalog lazy = new LazyCatalog(() -> Catalogs.open(config))) {
            Catalog catalog = lazy.get();
            step = "ask the catalog";
            if (catalog instanceof SupportsNamespaces namespaces) {
                namespaces.listNamespaces();
            }
        }
        String warehouse = place();
        // The catalog knows the location of a warehouse that is a name; and a REST catalog may supply the access to it.
        if (warehouse.contains("/") && !isRest()) {
            tryWarehouse(warehouse);
        }
    }

    private boolean isRest() {
        return CatalogUtil.ICEBERG_CATALOG_TYPE_REST.equals(
                config.catalogProperties().get(CatalogUtil.ICEBERG_CATALOG_TYPE));
    }

    private String place() {
        return config.catalogProperties().getOrDefault(CatalogProperties.WAREHOUSE_LOCATION, "");
    }

    private void tryWarehouse(String warehouse) {
        Map<String, String> properties = Catalogs.catalogProperties(config.catalogProperties());
        String io = properties.get(CatalogProperties.FILE_IO_IMPL);
        if (io == null) {
            return;
        }
        String file = warehouse.replaceAll("/+$", "") + "/.dolake-check/" + UUID.randomUUID();
        step = "open the warehouse " + warehouse;
        try (FileIO files = CatalogUtil.loadFileIO(io, properties, null)) {
            step = "write to the warehouse " + warehouse;
            try (OutputStream out = files.newOutputFile(file).create()) {
                out.write(CONTENT);
            }
            step = "read from the warehouse " + warehouse;
            try (InputStream in = files.newInputFile(file).newStream()) {
                if (in.readAllBytes().length != CONTENT.length) {
                    throw new IOException("a file read back is not what was written");
                }
            }
            step = "remove a file from the warehouse " + warehouse;
            files.deleteFile(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

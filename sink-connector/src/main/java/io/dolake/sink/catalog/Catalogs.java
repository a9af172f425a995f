/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import io.dolake.sink.config.HadoopSettings;
import io.dolake.sink.config.SinkConfig;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;

/** Opens the Iceberg catalog that the settings describe. */
public final class Catalogs {
    private Catalogs() {}

    /**
     * The catalog of a sink connector's settings, {@code iceberg.catalog.*}. The caller closes it if it is closeable.
     * If {@code io-impl} is absent and the warehouse is a location, the file access fits that location.
     */
    public static Catalog open(Map<String, String> connectorProperties) {
        return open(new SinkConfig(connectorProperties));
    }

    public static Catalog open(SinkConfig config) {
        loadDrivers();
        return CatalogUtil.buildIcebergCatalog(
                config.catalogName(), catalogProperties(config.catalogProperties()), HadoopSettings.of(config));
    }

    /** Errors in the catalog properties, one message each; empty if there are none. */
    public static List<String> faults(Map<String, String> connectorProperties) {
        Map<String, String> properties = new HashMap<>();
        connectorProperties.forEach((key, value) -> {
            if (key.startsWith(SinkConfig.CATALOG_PREFIX)) {
                properties.put(key.substring(SinkConfig.CATALOG_PREFIX.length()), value);
            }
        });
        List<String> faults = new ArrayList<>();
        boolean hasImpl = properties.containsKey(CatalogProperties.CATALOG_IMPL);
        boolean hasType = properties.containsKey(CatalogUtil.ICEBERG_CATALOG_TYPE);
        if (hasImpl == hasType) {
            faults.add("Cannot open the catalog: set exactly one of " + SinkConfig.CATALOG_PREFIX
                    + CatalogUtil.ICEBERG_CATALOG_TYPE + " and " + SinkConfig.CATALOG_PREFIX
                    + CatalogProperties.CATALOG_IMPL);
        }
        boolean isJdbc = CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC.equals(properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE))
                || CatalogUtil.ICEBERG_CATALOG_JDBC.equals(properties.get(CatalogProperties.CATALOG_IMPL));
        for (String required : List.of(CatalogProperties.URI, CatalogProperties.WAREHOUSE_LOCATION)) {
            if (isJdbc && properties.getOrDefault(required, "").isEmpty()) {
                faults.add("Cannot open the JDBC catalog: " + SinkConfig.CATALOG_PREFIX + required + " is missing");
            }
        }
        return faults;
    }

    /** The classes that the plugin lacks for the catalog properties, by the connector setting that requires them. */
    public static Map<String, String> missingClasses(SinkConfig config) {
        Map<String, String> missing = new TreeMap<>();
        CatalogClasses.missing(config.catalogProperties())
                .forEach((property, error) -> missing.put(SinkConfig.CATALOG_PREFIX + property, error.toString()));
        return missing;
    }

    static Map<String, String> catalogProperties(Map<String, String> given) {
        Map<String, String> properties = new HashMap<>(given);
        String warehouse = properties.getOrDefault(CatalogProperties.WAREHOUSE_LOCATION, "");
        if (!properties.containsKey(CatalogProperties.FILE_IO_IMPL)) {
            CatalogClasses.fileIo(warehouse).ifPresent(io -> properties.put(CatalogProperties.FILE_IO_IMPL, io));
        }
        // The HTTP client that the plugin ships, which is not Iceberg's default.
        properties.putIfAbsent("http-client.type", "urlconnection");
        return properties;
    }

    /**
     * DriverManager looks for drivers only once, in the class loader of the application: our drivers are in the
     * plugin's.
     */
    private static void loadDrivers() {
        ServiceLoader.load(Driver.class, Catalogs.class.getClassLoader()).forEach(driver -> {});
    }
}

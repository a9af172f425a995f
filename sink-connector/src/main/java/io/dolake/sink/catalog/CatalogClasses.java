/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;

/**
 * The classes that catalog properties require, by name or by the scheme of the warehouse. The plugin does not ship all
 * of them, and a missing one would otherwise be noticed only when the first file is written.
 */
final class CatalogClasses {
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):.*");
    private static final String HADOOP = "org.apache.hadoop.conf.Configuration";

    private static final Map<String, String> FILE_IOS = Map.of(
            "file", LocalFileIO.class.getName(),
            "s3", "org.apache.iceberg.aws.s3.S3FileIO",
            "s3a", "org.apache.iceberg.aws.s3.S3FileIO",
            "s3n", "org.apache.iceberg.aws.s3.S3FileIO",
            "gs", "org.apache.iceberg.gcp.gcs.GCSFileIO",
            "abfs", "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
            "abfss", "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
            "wasb", "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
            "wasbs", "org.apache.iceberg.azure.adlsv2.ADLSFileIO",
            "oss", "org.apache.iceberg.aliyun.oss.OSSFileIO");

    private static final Map<String, String> CATALOGS = Map.of(
            CatalogUtil.ICEBERG_CATALOG_TYPE_HADOOP, CatalogUtil.ICEBERG_CATALOG_HADOOP,
            CatalogUtil.ICEBERG_CATALOG_TYPE_HIVE, CatalogUtil.ICEBERG_CATALOG_HIVE,
            CatalogUtil.ICEBERG_CATALOG_TYPE_REST, CatalogUtil.ICEBERG_CATALOG_REST,
            CatalogUtil.ICEBERG_CATALOG_TYPE_GLUE, CatalogUtil.ICEBERG_CATALOG_GLUE,
            CatalogUtil.ICEBERG_CATALOG_TYPE_NESSIE, CatalogUtil.ICEBERG_CATALOG_NESSIE,
            CatalogUtil.ICEBERG_CATALOG_TYPE_JDBC, CatalogUtil.ICEBERG_CATALOG_JDBC,
            CatalogUtil.ICEBERG_CATALOG_TYPE_BIGQUERY, CatalogUtil.ICEBERG_CATALOG_BIGQUERY);

    private CatalogClasses() {}

    /**
     * The file access for a warehouse; empty for a warehouse that is a name, or has a scheme that only Hadoop may know.
     */
    static Optional<String> fileIo(String warehouse) {
        return warehouse.startsWith("/")
                ? Optional.of(FILE_IOS.get("file"))
                : scheme(warehouse).map(FILE_IOS::get);
    }

    private static Optional<String> scheme(String warehouse) {
        Matcher matcher = SCHEME.matcher(warehouse);
        boolean isArn = warehouse.startsWith("arn:");
        return matcher.matches() && !isArn
                ? Optional.of(matcher.group(1).toLowerCase(java.util.Locale.ROOT))
                : Optional.empty();
    }

    /** The missing classes, by the catalog property (without prefix) that requires them. */
    static Map<String, DoLakeException> missing(Map<String, String> properties) {
        Map<String, DoLakeException> missing = new LinkedHashMap<>();
        String type = properties.get(CatalogUtil.ICEBERG_CATALOG_TYPE);
        if (type != null) {
            String catalog = CATALOGS.get(type.toLowerCase(java.util.Locale.ROOT));
            if (catalog == null) {
                missing.put(
                        CatalogUtil.ICEBERG_CATALOG_TYPE,
                        new DoLakeException(
                                ErrorCode.INVALID_CONFIGURATION,
                                "Cannot open the catalog: there is no type '" + type + "', but "
                                        + String.join(
                                                ", ",
                                                CATALOGS.keySet().stream()
                                                        .sorted()
                                                        .toList())));
            } else {
                List<String> needed = type.equalsIgnoreCase(CatalogUtil.ICEBERG_CATALOG_TYPE_HADOOP)
                        ? List.of(catalog, HADOOP)
                        : List.of(catalog);
                look(needed, CatalogUtil.ICEBERG_CATALOG_TYPE, "open a catalog of type " + type, missing);
            }
        }
        String impl = properties.get(CatalogProperties.CATALOG_IMPL);
        if (impl != null) {
            look(List.of(impl), CatalogProperties.CATALOG_IMPL, "open the catalog", missing);
        }
        String warehouse = properties.getOrDefault(CatalogProperties.WAREHOUSE_LOCATION, "");
        String io = properties.get(CatalogProperties.FILE_IO_IMPL);
        if (io != null) {
            look(List.of(io), CatalogProperties.FILE_IO_IMPL, "write to " + warehouse, missing);
        } else if (scheme(warehouse).isPresent()) {
            look(
                    List.of(fileIo(warehouse).orElse(HADOOP)),
                    CatalogProperties.WAREHOUSE_LOCATION,
                    "write to " + warehouse,
                    missing);
        }
        return missing;
    }

    private static void look(List<String> names, String property, String step, Map<String, DoLakeException> missing) {
        for (String name : names) {
            try {
                Class.forName(name, false, CatalogClasses.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                missing.putIfAbsent(
                        property,
                        new DoLakeException(
                                        ErrorCode.INVALID_CONFIGURATION,
                                        "Cannot " + step + ": no jar of the plugin has class " + name,
                                        e)
                                .withHint(FailureCase.MISSING_CLASS_HINT));
            }
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * The Hadoop configuration for catalogs and file accesses that use Hadoop, such as Hive's: the files of a directory,
 * then single properties.
 */
public final class HadoopSettings {
    static final String CONF_DIR = "iceberg.hadoop-conf-dir";
    static final String PREFIX = "iceberg.hadoop.";

    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml", "hive-site.xml");

    private HadoopSettings() {}

    /** Null if nothing is set: then Iceberg uses Hadoop's defaults, where it needs any. */
    public static Configuration of(SinkConfig config) {
        String directory = config.getString(CONF_DIR);
        Map<String, String> properties = config.under(PREFIX);
        if (directory.isEmpty() && properties.isEmpty()) {
            return null;
        }
        Configuration configuration = new Configuration();
        for (String file : directory.isEmpty() ? List.<String>of() : FILES) {
            Path path = Path.of(directory, file);
            if (Files.exists(path)) {
                configuration.addResource(new org.apache.hadoop.fs.Path(path.toUri()));
            }
        }
        properties.forEach(configuration::set);
        return configuration;
    }

    /** By setting, one message for each setting here that cannot be used. */
    public static Map<String, String> faults(Map<String, ?> settings) {
        Map<String, String> faults = new TreeMap<>();
        String directory = Objects.toString(settings.get(CONF_DIR), "");
        if (!directory.isEmpty() && !isDirectory(directory)) {
            faults.put(
                    CONF_DIR,
                    "Cannot use " + CONF_DIR + "=" + directory + ": there is no such directory on this worker");
        }
        return faults;
    }

    private static boolean isDirectory(String text) {
        try {
            return Files.isDirectory(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}

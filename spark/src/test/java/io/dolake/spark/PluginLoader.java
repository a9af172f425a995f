/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Loads a Connect plugin as a worker does: classes from its own jars, but those of Connect and Kafka from the worker.
 * Spark's are not to be seen, since Spark brings an Iceberg of its own.
 */
final class PluginLoader extends URLClassLoader {
    private static final List<String> OF_THE_WORKER = List.of("org.apache.kafka.", "org.slf4j.");

    /** @param directories where the jars lie: the plugin's, and what users add to it */
    PluginLoader(Path... directories) throws IOException {
        super(jars(directories), ClassLoader.getPlatformClassLoader());
        // The driver manager knows a driver only once it is loaded, and gives it to classes of its loader only.
        ServiceLoader.load(Driver.class, this).forEach(driver -> {});
        ServiceLoader.load(Driver.class, PluginLoader.class.getClassLoader()).forEach(driver -> {});
    }

    private static URL[] jars(Path... directories) throws IOException {
        List<URL> urls = new ArrayList<>();
        for (Path directory : directories) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(file -> file.toString().endsWith(".jar"))
                        .sorted()
                        .map(PluginLoader::url)
                        .forEach(urls::add);
            }
        }
        return urls.toArray(URL[]::new);
    }

    private static URL url(Path file) {
        try {
            return file.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return OF_THE_WORKER.stream().anyMatch(name::startsWith)
                ? PluginLoader.class.getClassLoader().loadClass(name)
                : super.loadClass(name, resolve);
    }
}

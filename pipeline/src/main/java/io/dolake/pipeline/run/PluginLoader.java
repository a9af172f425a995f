/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.connect.runtime.isolation.PluginClassLoader;

/** Loads a plugin from its directory as a Connect worker does; what is shared with it are types of the JDK. */
public final class PluginLoader {
    private PluginLoader() {}

    public static URLClassLoader of(Path plugin) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (Stream<Path> files = Files.walk(plugin)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".jar")).toList()) {
                jars.add(file.toUri().toURL());
            }
        }
        return new PluginClassLoader(
                plugin.toUri().toURL(), jars.toArray(URL[]::new), PluginLoader.class.getClassLoader());
    }
}

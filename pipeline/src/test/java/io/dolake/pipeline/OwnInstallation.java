/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The software with configurations of its own, as a user has who edits them. */
final class OwnInstallation implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PROPERTY = "dolake.home";

    private final Path root;
    private final String before = System.getProperty(PROPERTY);

    /** A copy of the configurations, and the plugins of the repository. From now on all commands use it. */
    OwnInstallation(Path root) throws IOException {
        this.root = root;
        Path configs = Files.createDirectories(root.resolve("connect-configs"));
        for (String name : new String[] {"connect-distributed.properties", "dosql-source.json", "dolake-sink.json"}) {
            Files.copy(Cli.repository().resolve("connect-configs").resolve(name), configs.resolve(name));
        }
        link("source-connector");
        link("sink-connector");
        System.setProperty(PROPERTY, root.toString());
    }

    private void link(String module) throws IOException {
        Files.createDirectories(root.resolve(module).resolve("target"));
        Files.createSymbolicLink(plugin(module), Cli.repository().resolve(module + "/target/plugin"));
    }

    private Path plugin(String module) {
        return root.resolve(module).resolve("target/plugin");
    }

    Path file(String name) {
        return root.resolve("connect-configs").resolve(name);
    }

    /** The shipped configuration with these settings over it. */
    void configure(String name, Map<String, String> settings) throws IOException {
        ObjectNode config = (ObjectNode) JSON.readTree(
                Cli.repository().resolve("connect-configs").resolve(name).toFile());
        settings.forEach(config::put);
        JSON.writeValue(file(name).toFile(), config);
    }

    void removePlugin(String module) throws IOException {
        Files.delete(plugin(module));
    }

    void restorePlugin(String module) throws IOException {
        link(module);
    }

    @Override
    public void close() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the software lies: the plugins that the worker loads and the configurations it is started with.
 *
 * @param root folder of the repository
 */
public record Installation(Path root) {
    private static final String PROPERTY = "dolake.home";

    /** The folder that the launcher names. */
    public static Installation current() {
        return new Installation(
                Path.of(System.getProperty(PROPERTY, ".")).toAbsolutePath().normalize());
    }

    Path workerFile() {
        return existing(root.resolve("connect-configs/connect-distributed.properties"));
    }

    /** The source's configuration; whether it is there shows when it is read. */
    public Path sourceConfig() {
        return root.resolve("connect-configs/dosql-source.json");
    }

    /** The sink's, the same way. */
    public Path sinkConfig() {
        return root.resolve("connect-configs/dolake-sink.json");
    }

    /** A directory that is missing costs its connector, not the worker. */
    List<String> pluginPath() {
        return List.of(
                root.resolve("source-connector/target/plugin").toString(),
                root.resolve("sink-connector/target/plugin").toString());
    }

    /** Where the sink's plugin directory is. */
    public Path sinkPlugin() {
        return existing(root.resolve("sink-connector/target/plugin"));
    }

    /** Where the source's plugin directory is. */
    public Path sourcePlugin() {
        return existing(root.resolve("source-connector/target/plugin"));
    }

    private static Path existing(Path path) {
        if (!Files.exists(path)) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot find " + path + ": it does not exist")
                    .withHint("Start with ./dolake, which builds what is missing.");
        }
        return path;
    }

    /** What makes another process find the same installation. */
    public String asOption() {
        return "-D" + PROPERTY + "=" + root;
    }
}

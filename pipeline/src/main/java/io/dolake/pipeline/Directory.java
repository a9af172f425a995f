/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import io.dolake.pipeline.run.Home;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options that every command has. */
final class Directory {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Holds all state: databases, Kafka, Connect, warehouse, catalog. Default: ./data")
    void dir(Path dir) {
        this.dir = dir;
    }

    private Path dir = Path.of("data");

    Home home() {
        return Home.of(dir);
    }
}

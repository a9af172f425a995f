/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import java.nio.file.Files;
import java.nio.file.Path;

/** The folder of the repository: the nearest one above the working directory that has the compose file. */
final class RepositoryRoot {
    private RepositoryRoot() {}

    static Path find() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("docker-compose.yml"))) {
            folder = folder.getParent();
            if (folder == null) {
                throw new IllegalStateException("Cannot find the repository: no docker-compose.yml above "
                        + Path.of("").toAbsolutePath());
            }
        }
        return folder;
    }
}

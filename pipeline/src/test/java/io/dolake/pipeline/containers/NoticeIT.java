/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks into what the build has just packaged, so it runs after that. */
class NoticeIT {
    private static final Path ROOT = RepositoryRoot.find();

    @ParameterizedTest
    @ValueSource(strings = {"source-connector", "sink-connector"})
    void namesEveryWorkThatAPluginShips(String module) throws IOException {
        Set<String> named = Arrays.stream(
                        Files.readString(ROOT.resolve("NOTICE")).split("[\\s,:;()]+"))
                .collect(Collectors.toSet());
        assertThat(jars(ROOT.resolve(module).resolve("target/plugin")))
                .isNotEmpty()
                .allSatisfy(jar ->
                        assertThat(named).as("add it to NOTICE, by its licence").contains(jar));
    }

    /** Names of the jars of others, without version. */
    private static List<String> jars(Path plugin) throws IOException {
        try (Stream<Path> files = Files.walk(plugin)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".jar"))
                    .map(name -> name.replaceFirst("-\\d+(\\.\\w+)*(-\\w+)*\\.jar$", ""))
                    .filter(name -> !name.startsWith("dolake-") && !name.startsWith("dosql-"))
                    .toList();
        }
    }
}

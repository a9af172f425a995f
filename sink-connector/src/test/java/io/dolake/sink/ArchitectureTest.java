/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.Architectures;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The packages of the sink: which may use which, and how large they may grow. */
class ArchitectureTest {
    private static final String ROOT = "io.dolake.sink";
    private static final Path SOURCES = Path.of("src/main/java/io/dolake/sink");
    private static final int MAX_CLASSES = 20;

    /** Each package and those that it may use; from the top down, so that every arrow points down. */
    private static final Map<String, List<String>> MAY_USE = new LinkedHashMap<>();

    static {
        MAY_USE.put("rest", List.of("root", "status"));
        MAY_USE.put("root", List.of("task", "status", "catalog", "config"));
        MAY_USE.put(
                "task",
                List.of(
                        "offsets",
                        "status",
                        "commit",
                        "record",
                        "index",
                        "maintenance",
                        "buffer",
                        "table",
                        "row",
                        "types",
                        "catalog",
                        "config"));
        MAY_USE.put("offsets", List.of("status", "record", "table", "config"));
        MAY_USE.put("status", List.of("commit", "index", "buffer", "config"));
        MAY_USE.put(
                "commit", List.of("write", "record", "index", "buffer", "table", "row", "types", "catalog", "config"));
        MAY_USE.put("write", List.of("record", "index", "maintenance", "buffer", "table", "row", "types"));
        MAY_USE.put("check", List.of("index", "table", "row", "catalog", "config"));
        MAY_USE.put("record", List.of("table", "row", "types", "config", "json"));
        MAY_USE.put("index", List.of("buffer", "table", "row", "config"));
        MAY_USE.put("maintenance", List.of("table", "catalog", "config"));
        MAY_USE.put("takeover", List.of("table", "catalog"));
        MAY_USE.put("buffer", List.of("row", "config"));
        MAY_USE.put("table", List.of("row", "types", "catalog", "config"));
        MAY_USE.put("row", List.of("types", "config"));
        MAY_USE.put("types", List.of("config"));
        MAY_USE.put("catalog", List.of("config"));
        MAY_USE.put("config", List.of());
        MAY_USE.put("json", List.of());
    }

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption((Location location) -> !location.contains("/test-classes/"))
            .importPaths(Path.of("target", "classes"));

    @Test
    void packagesHaveNoCircles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageUsesOnlyWhatTheTableSays() {
        LayeredArchitecture layers = Architectures.layeredArchitecture().consideringOnlyDependenciesInLayers();
        Map<String, List<String>> users = new HashMap<>();
        for (String name : MAY_USE.keySet()) {
            layers = layers.layer(name).definedBy(name.equals("root") ? ROOT : ROOT + "." + name + "..");
            MAY_USE.get(name)
                    .forEach(used -> users.computeIfAbsent(used, any -> new java.util.ArrayList<>())
                            .add(name));
        }
        for (String name : MAY_USE.keySet()) {
            List<String> allowed = users.getOrDefault(name, List.of());
            layers = allowed.isEmpty()
                    ? layers.whereLayer(name).mayNotBeAccessedByAnyLayer()
                    : layers.whereLayer(name).mayOnlyBeAccessedByLayers(allowed.toArray(String[]::new));
        }
        layers.check(CLASSES);
    }

    /** The table itself must not allow a circle: who may be used stands further down. */
    @Test
    void arrowsOfTheTablePointDown() {
        List<String> order = List.copyOf(MAY_USE.keySet());
        MAY_USE.forEach((name, used) -> assertThat(used)
                .allSatisfy(other -> assertThat(order.indexOf(other)).isGreaterThan(order.indexOf(name))));
    }

    @Test
    void everyPackageIsInTheTableAndSaysWhatLivesInIt() throws Exception {
        try (Stream<Path> paths = Files.walk(SOURCES)) {
            List<Path> rooms = paths.filter(Files::isDirectory).toList();
            assertThat(rooms)
                    .allSatisfy(room ->
                            assertThat(room.resolve("package-info.java")).exists());
            assertThat(rooms.stream()
                            .map(room -> room.equals(SOURCES)
                                    ? "root"
                                    : SOURCES.relativize(room).toString()))
                    .containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
        }
    }

    @Test
    void noPackageIsTooLarge() {
        Map<String, Long> sizes = CLASSES.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
        assertThat(sizes).allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MAX_CLASSES));
        assertThat(sizes.keySet()).allSatisfy(name -> assertThat(name).startsWith(ROOT));
    }
}

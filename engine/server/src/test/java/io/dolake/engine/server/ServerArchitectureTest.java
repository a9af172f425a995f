/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the dependencies between the packages of the server. */
class ServerArchitectureTest {
    private static final String ROOT = "io.dolake.engine.server";
    private static final int MAX_CLASSES = 20;

    /** From the highest floor to the lowest: each package, and those below it that it may use. */
    private static final Map<String, List<String>> MAY_USE = mayUse();

    private static final JavaClasses CLASSES =
            new ClassFileImporter().importPath(Path.of("target", "classes").toAbsolutePath());
    private static final Path SOURCES = Path.of("src", "main", "java");

    private static Map<String, List<String>> mayUse() {
        Map<String, List<String>> table = new LinkedHashMap<>();
        table.put(
                "http",
                List.of("database", "capture", "cdc", "changelog", "sql", "sqltext", "json", "config", "support"));
        table.put(
                "database",
                List.of("capture", "cdc", "changelog", "archive", "sql", "sqlite", "sqltext", "config", "support"));
        table.put("capture", List.of("changelog", "archive", "sqlite", "config", "support"));
        table.put("cdc", List.of("changelog", "archive", "json", "config", "support"));
        table.put("changelog", List.of("archive", "sqlite", "config", "support"));
        table.put("sql", List.of("sqlite", "sqltext", "json", "config", "support"));
        table.put("archive", List.of("sqlite", "config"));
        table.put("sqlite", List.of("sqltext", "config", "support"));
        table.put("json", List.of("support"));
        table.put("config", List.of("support"));
        table.put("sqltext", List.of());
        table.put("support", List.of());
        return table;
    }

    private static String inside(String name) {
        return ROOT + "." + name + "..";
    }

    @Test
    void everyPackageUsesOnlyWhatItMay() {
        Architectures.LayeredArchitecture layers = Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
                .layer("root")
                .definedBy(ROOT);
        for (String name : MAY_USE.keySet()) {
            layers = layers.layer(name).definedBy(inside(name));
        }
        for (Map.Entry<String, List<String>> entry : MAY_USE.entrySet()) {
            String[] below = entry.getValue().toArray(String[]::new);
            layers = below.length == 0
                    ? layers.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
                    : layers.whereLayer(entry.getKey()).mayOnlyAccessLayers(below);
        }
        layers.ensureAllClassesAreContainedInArchitecture().check(CLASSES);
    }

    @Test
    void everyArrowLeadsDown() {
        List<String> floors = List.copyOf(MAY_USE.keySet());
        MAY_USE.forEach((name, below) -> assertThat(below)
                .as("packages that %s may use", name)
                .allSatisfy(lower -> assertThat(floors.indexOf(lower)).isGreaterThan(floors.indexOf(name))));
    }

    @Test
    void packagesFormNoCircles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noPackageKnowsTheRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + ".(*)..")
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT))
                .check(CLASSES);
    }

    @Test
    void noPackageIsTooLargeToOverlook() {
        Map<String, Long> sizes = CLASSES.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, TreeMap::new, Collectors.counting()));
        assertThat(sizes)
                .isNotEmpty()
                .allSatisfy((name, size) -> assertThat(size).as(name).isLessThanOrEqualTo(MAX_CLASSES));
    }

    @Test
    void everyPackageSaysWhatLivesInItAndWhatDoesNot() throws IOException {
        TreeSet<Path> directories = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> directories.add(file.getParent()));
        }
        assertThat(directories).hasSize(MAY_USE.size() + 1);
        for (Path directory : directories) {
            String text = Files.readString(directory.resolve("package-info.java"));
            String comment = text.substring(text.indexOf("/**") + 3, text.lastIndexOf("*/"));
            String sentences = comment.replaceAll("\\s*\\n\\s*\\*?\\s*", " ").trim();
            assertThat(sentences.split("\\.( |$)")).as(directory.toString()).hasSize(2);
        }
    }

    @Test
    void everyClassLivesBelowTheRootOfItsModule() throws IOException {
        for (Path sources : List.of(SOURCES, Path.of("src", "test", "java"))) {
            try (Stream<Path> files = Files.walk(sources)) {
                assertThat(files.filter(file -> file.toString().endsWith(".java")))
                        .isNotEmpty()
                        .allSatisfy(file ->
                                assertThat(sources.relativize(file).toString()).startsWith(ROOT.replace('.', '/')));
            }
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas.testkit;

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
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The rules that hold between the packages of a large module. A subclass names the module's root package and its table.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class PackageRules {
    private static final int MAX_CLASSES = 20;
    private static final Path SOURCES = Path.of("src", "main", "java");

    private final String root;
    private final Map<String, List<String>> mayUse;
    private final JavaClasses classes;

    /**
     * @param root the package that holds all others
     * @param mayUse from the highest floor to the lowest: each package, and those below it that it may use
     */
    protected PackageRules(String root, Map<String, List<String>> mayUse) {
        this.root = root;
        this.mayUse = mayUse;
        this.classes =
                new ClassFileImporter().importPath(Path.of("target", "classes").toAbsolutePath());
    }

    @Test
    void everyPackageUsesOnlyWhatItMay() {
        Architectures.LayeredArchitecture layers = Architectures.layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("root")
                .definedBy(root);
        for (String name : mayUse.keySet()) {
            layers = layers.layer(name).definedBy(root + "." + name + "..");
        }
        for (Map.Entry<String, List<String>> entry : mayUse.entrySet()) {
            String[] below = entry.getValue().toArray(String[]::new);
            layers = below.length == 0
                    ? layers.whereLayer(entry.getKey()).mayNotAccessAnyLayer()
                    : layers.whereLayer(entry.getKey()).mayOnlyAccessLayers(below);
        }
        layers.ensureAllClassesAreContainedInArchitecture().check(classes);
    }

    @Test
    void everyArrowLeadsDown() {
        List<String> floors = List.copyOf(mayUse.keySet());
        mayUse.forEach((name, below) -> assertThat(below)
                .as("packages that %s may use", name)
                .allSatisfy(lower -> assertThat(floors.indexOf(lower)).isGreaterThan(floors.indexOf(name))));
    }

    @Test
    void packagesFormNoCircles() {
        slices().matching(root + ".(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void noPackageKnowsTheRoot() {
        noClasses()
                .that()
                .resideInAPackage(root + ".(*)..")
                .should()
                .dependOnClassesThat(resideInAPackage(root))
                .check(classes);
    }

    @Test
    void noPackageIsTooLargeToOverlook() {
        Map<String, Long> sizes = classes.stream()
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
        assertThat(directories).hasSize(mayUse.size() + 1);
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
                                assertThat(sources.relativize(file).toString()).startsWith(root.replace('.', '/')));
            }
        }
    }
}

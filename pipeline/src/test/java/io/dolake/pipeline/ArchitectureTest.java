/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The arrows between the modules, read from the classes that were built. */
class ArchitectureTest {
    private static final String SCHEMAS = "io.dolake.schemas..";
    private static final String WAL = "io.dolake.engine.wal..";
    private static final String CLIENT = "io.dolake.engine.client..";
    private static final String SERVER = "io.dolake.engine.server..";
    private static final String SOURCE = "io.dolake.connector..";
    private static final String SINK = "io.dolake.sink..";
    private static final String PIPELINE = "io.dolake.pipeline..";

    /** The modules, and the packages below which all of their classes live, those of tests and benchmarks included. */
    private static final Map<String, String> ROOTS = Map.of(
            "schemas", "io.dolake.schemas",
            "engine/wal", "io.dolake.engine.wal",
            "engine/client", "io.dolake.engine.client",
            "engine/server", "io.dolake.engine.server",
            "source-connector", "io.dolake.connector",
            "json-converter", "io.dolake.sink.json",
            "sink-connector", "io.dolake.sink",
            "pipeline", "io.dolake.pipeline",
            "benchmarks", "io.dolake.benchmarks",
            "spark", "io.dolake.spark");

    /** Of the server, for the processes that run it or read its files. */
    private static final Set<String> SERVER_API = Set.of(
            "DoSqlServer",
            "ServerConfig",
            "ArchiveLocation",
            "Limit",
            "ChangeLogFile",
            "LogCheckResult",
            "ApiKey",
            "ApiKeyFile");

    private static final Set<String> SOURCE_API = Set.of(
            // made by Connect
            "DoSqlConnector",
            "DoSqlConnectorTask",
            // made by Debezium, by name
            "DoSqlSourceInfoStructMaker",
            "SelectAllSnapshotQuery",
            "DoSqlTopicNamingStrategy",
            // looked up by JMX
            "SourceTaskMXBean",
            "DatabaseMXBean",
            // for programs that compare a database with a lake
            "CarriedTable");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(Stream.of(
                            "schemas",
                            "engine/wal",
                            "engine/client",
                            "engine/server",
                            "json-converter",
                            "source-connector",
                            "sink-connector",
                            "pipeline")
                    .map(module -> Path.of("..", module, "target", "classes"))
                    .toList());

    @Test
    void seesEveryModule() {
        assertThat(Stream.of(SCHEMAS, WAL, CLIENT, SERVER, SOURCE, SINK, PIPELINE))
                .allSatisfy(module -> assertThat(CLASSES.stream()
                                .filter(type -> type.getPackageName().startsWith(module.replace("..", ""))))
                        .isNotEmpty());
    }

    @Test
    void schemasDependOnNothingOfOurs() {
        arrow(SCHEMAS, List.of(WAL, CLIENT, SERVER, SOURCE, SINK, PIPELINE), "the shared contract is at the bottom");
    }

    @Test
    void theWalDecoderKnowsTheSchemasOnly() {
        arrow(WAL, List.of(CLIENT, SERVER, SOURCE, SINK, PIPELINE), "it is a library of its own");
    }

    @Test
    void theClientKnowsTheSchemasOnly() {
        arrow(CLIENT, List.of(WAL, SERVER, SOURCE, SINK, PIPELINE), "it talks to the server by the wire");
    }

    @Test
    void theServerKnowsSchemasAndWalDecoder() {
        arrow(SERVER, List.of(CLIENT, SOURCE, SINK, PIPELINE), "it serves whoever speaks the protocol");
    }

    @Test
    void theSourceKnowsSchemasAndClient() {
        arrow(SOURCE, List.of(WAL, SERVER, SINK, PIPELINE), "it reads the change stream as any client does");
    }

    @Test
    void theSinkKnowsNothingOfTheEngine() {
        arrow(SINK, List.of(WAL, CLIENT, SERVER, SOURCE, PIPELINE), "it takes any Debezium envelope");
    }

    @Test
    void packagesOfThePipelineHaveNoCycles() {
        slices().matching("io.dolake.pipeline.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theClientKnowsNothingOfItsJdbcDriver() {
        noClasses()
                .that()
                .resideInAPackage("io.dolake.engine.client")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dolake.engine.client.jdbc..")
                .check(CLASSES);
    }

    @Test
    void everyClassLivesBelowTheRootOfItsModule() throws IOException {
        for (String module : ROOTS.keySet()) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src"))) {
                List<String> sources = files.map(file -> file.toString().replace(File.separatorChar, '/'))
                        .filter(file -> file.endsWith(".java"))
                        .map(file -> file.substring(file.indexOf("/java/") + "/java/".length()))
                        .toList();
                String root = ROOTS.get(module).replace('.', '/') + "/";
                assertThat(sources)
                        .as(module)
                        .isNotEmpty()
                        .allSatisfy(source -> assertThat(source).startsWith(root));
            }
        }
    }

    @Test
    void theWalDecoderNeedsNothingButTheJdk() {
        noClasses()
                .that()
                .resideInAPackage(WAL)
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages("java..", "javax.sql..", WAL, SCHEMAS)
                .because("it is useful alone")
                .check(CLASSES);
    }

    @Test
    void thePipelineReachesThePluginsByNameOnly() {
        arrow(
                PIPELINE,
                List.of(SOURCE, SINK),
                "they are loaded from their directories, as a Connect worker loads them");
    }

    @Test
    void othersUseOnlyWhatTheServerShows() {
        noClasses()
                .that()
                .resideOutsideOfPackage(SERVER)
                .should()
                .dependOnClassesThat(resideInAPackage(SERVER).and(not(describe("are shown", shownBy(SERVER_API)))))
                .check(CLASSES);
    }

    /**
     * What Kafka Connect, Debezium, JMX and the pipeline reach by name; everything else in the source is its own
     * affair.
     */
    @Test
    void theSourceShowsOnlyItsEntryPoints() {
        List<String> others = CLASSES.stream()
                .filter(type -> type.getPackageName().startsWith("io.dolake.connector"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .filter(Predicate.not(shownBy(SOURCE_API)))
                .map(JavaClass::getSimpleName)
                .sorted()
                .toList();
        assertThat(others).as("public classes besides the entry points").isEmpty();
    }

    /** By the name of the top-level class: what is nested in it is shown with it. */
    private static Predicate<JavaClass> shownBy(Set<String> names) {
        return type -> names.contains(
                type.getName().substring(type.getPackageName().length() + 1).split("\\$")[0]);
    }

    private static void arrow(String from, List<String> forbidden, String because) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(forbidden.toArray(String[]::new))
                .because(because)
                .check(CLASSES);
    }
}

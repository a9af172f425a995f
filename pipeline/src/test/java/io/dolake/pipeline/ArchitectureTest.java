/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
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

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importPaths(Stream.of(
                            "schemas",
                            "engine/wal",
                            "engine/client",
                            "engine/server",
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

    /** What other modules, Kafka Connect or ServiceLoader reach by name; everything else in a plugin is its own affair. */
    @Test
    void pluginsShowOnlyTheirEntryPoints() {
        Set<String> shown = Set.of(
                // made by Connect
                "DoSqlConnector",
                "DoSqlConnectorTask",
                "DoLakeSinkConnector",
                "DoLakeSinkTask",
                "DoLakeRestExtension",
                "SchemaCachingJsonConverter",
                // made known to Connect's REST server
                "SinkResource",
                // made by Debezium, by name
                "DoSqlSourceInfoStructMaker",
                "SelectAllSnapshotQuery",
                "DoSqlTopicNamingStrategy",
                // made by Iceberg, by name
                "LocalFileIO",
                // looked up by JMX
                "SinkTaskMXBean",
                "SourceTaskMXBean",
                "DatabaseMXBean",
                // for programs that compare a database with a lake
                "CarriedTable",
                // for programs that look at a lake
                "Catalogs",
                "KeyChecker",
                "KeyReport",
                "MaintenanceReport",
                "MaintenanceOptions",
                "MaintenanceResult",
                "TableMaintenance",
                "TakeoverReport",
                // shared by the sink's packages
                "Branch",
                "Turns",
                "MaintenanceConfig",
                "Unreadable",
                "PartitionValues",
                "UuidStatistics");
        List<String> others = CLASSES.stream()
                .filter(type -> type.getPackageName().startsWith("io.dolake.connector")
                        || type.getPackageName().startsWith("io.dolake.sink"))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(JavaClass::isTopLevelClass)
                .map(JavaClass::getSimpleName)
                .filter(name -> !shown.contains(name))
                .sorted()
                .toList();
        assertThat(others).as("public classes besides the entry points").isEmpty();
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

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.containers.ComposeFile.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeFileTest {
    private static final Path ROOT = RepositoryRoot.find();

    private final ComposeFile file = ComposeFile.load(ROOT, Map.of());

    @Test
    void hasEveryPartOfThePipeline() {
        assertThat(file.services())
                .containsKeys("engine", "broker", "connect", "object-store", "rest-catalog", "configure");
    }

    @Test
    void pinsEveryImage() {
        assertThat(file.services().values())
                .extracting(Service::image)
                .allSatisfy(image -> assertThat(image).matches("[\\w./-]+:\\d[\\w.-]*"));
        assertThat(file.variables().get("BASE_IMAGE")).matches("[\\w./-]+:\\d[\\w.-]*");
    }

    @Test
    void namesNoImageThatIsGone() {
        assertThat(file.services().values())
                .extracting(Service::image)
                .noneMatch(image -> image.startsWith("minio/") || image.startsWith("bitnami/"));
    }

    @Test
    void mountsOnlyWhatExists() {
        assertThat(file.services().values())
                .flatExtracting(service -> service.mounts().keySet())
                .isNotEmpty()
                .allSatisfy(path -> assertThat(path).exists());
    }

    @Test
    void configuresConnectorsFromFilesThatExist() {
        Service configure = file.services().get("configure");
        List<String> files = configure.command().stream()
                .filter(argument -> argument.contains(".json"))
                .map(argument -> argument.substring(argument.indexOf('=') + 1))
                .toList();
        assertThat(files)
                .hasSize(2)
                .allSatisfy(path -> assertThat(onThisSide(configure, path)).isRegularFile());
    }

    @Test
    void configuresTheSinkAsTheLocalPipelineDoesPlusTheObjectStore() throws IOException {
        Map<String, String> local = config("dolake-sink.json");
        Map<String, String> objectStore = config("dolake-sink-s3.json");
        assertThat(objectStore).containsAllEntriesOf(local);
        objectStore.keySet().removeAll(local.keySet());
        assertThat(objectStore.keySet()).allSatisfy(key -> assertThat(key).startsWith("iceberg.catalog.s3."));
    }

    @Test
    void givesTheWorkerEveryVariableThatAConfigurationNames() throws IOException {
        Map<String, String> worker = file.services().get("connect").environment();
        for (String name : List.of("dosql-source.json", "dolake-sink-s3.json")) {
            assertThat(config(name).values())
                    .filteredOn(value -> value.startsWith("${env:"))
                    .isNotEmpty()
                    .allSatisfy(value -> assertThat(worker).containsKey(value.substring(6, value.length() - 1)));
        }
    }

    @Test
    void waitsOnlyForServicesThatItHas() {
        assertThat(file.services().values())
                .flatExtracting(Service::after)
                .isNotEmpty()
                .allSatisfy(name -> assertThat(file.services()).containsKey((String) name));
    }

    @Test
    void buildsStagesThatTheDockerfileHas() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("Dockerfile"));
        assertThat(file.services().values())
                .extracting(Service::target)
                .filteredOn(target -> !target.isEmpty())
                .isNotEmpty()
                .allSatisfy(target -> assertThat(lines).anyMatch(line -> line.matches("FROM \\S+ AS " + target)));
    }

    @Test
    void takesABaseImageWhereNoneIsNamed() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("Dockerfile")))
                .contains("ARG BASE_IMAGE=" + file.variables().get("BASE_IMAGE"));
    }

    @Test
    void letsTheEnvironmentNameAnotherImage() {
        ComposeFile other = ComposeFile.load(ROOT, Map.of("BROKER_IMAGE", "example/broker:1"));
        assertThat(other.services().get("broker").image()).isEqualTo("example/broker:1");
    }

    @Test
    void refusesAVariableWithoutAValue(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve(".env"), "A=1\n");
        Files.writeString(folder.resolve("docker-compose.yml"), "services:\n  s:\n    image: \"i:${B}\"\n");
        assertThatThrownBy(() -> ComposeFile.load(folder, Map.of()))
                .hasMessage("Cannot read docker-compose.yml: .env has no variable B");
    }

    @Test
    void isValidForDockerCompose() throws Exception {
        List<String> compose = composeCommand();
        Assumptions.assumeFalse(compose.isEmpty(), "Docker Compose is not installed");
        Result result = run(compose, "config", "--quiet");
        assertThat(result.exit()).as(result.output()).isZero();
    }

    private static Map<String, String> config(String name) throws IOException {
        return new ObjectMapper()
                .readValue(ROOT.resolve("connect-configs").resolve(name).toFile(), new TypeReference<>() {});
    }

    private static Path onThisSide(Service service, String path) {
        return service.mounts().entrySet().stream()
                .filter(mount -> path.startsWith(mount.getValue() + "/"))
                .map(mount ->
                        mount.getKey().resolve(path.substring(mount.getValue().length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(path + " is in no mounted folder"));
    }

    private static List<String> composeCommand() throws IOException, InterruptedException {
        for (List<String> command : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
            try {
                if (run(command, "version").exit() == 0) {
                    return command;
                }
            } catch (IOException e) {
                assertThat(e).as("not installed").hasMessageContaining("Cannot run program");
            }
        }
        return List.of();
    }

    private static Result run(List<String> command, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of(arguments));
        Process process = new ProcessBuilder(line)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), output);
    }

    private record Result(int exit, String output) {}
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.Volume;
import io.dolake.pipeline.containers.ComposeFile.Service;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.MountableFile;

/**
 * The services of docker-compose.yml, each in a container, with the settings, health checks and order that it gives
 * them, on ports of this machine that are free. Both connectors are configured when {@link #start} returns.
 */
final class ComposedPipeline implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofMinutes(6);
    private static final Duration HEALTH_INTERVAL = Duration.ofSeconds(1);
    private static final int HEALTH_RETRIES = 300;
    /** What the Dockerfile copies from. */
    private static final List<String> BUILD_CONTEXT = List.of(
            "Dockerfile",
            "docker",
            "connect-configs",
            "source-connector/target/plugin",
            "sink-connector/target/plugin");

    private final ComposeFile file;
    private final Network network = Network.newNetwork();
    private final String volumePrefix = "dolake-test-" + UUID.randomUUID() + "-";
    private final Map<String, GenericContainer<?>> containers = new HashMap<>();

    private ComposedPipeline(ComposeFile file) {
        this.file = file;
        file.services().values().forEach(service -> containers.put(service.name(), container(service)));
        file.services()
                .values()
                .forEach(service -> containers
                        .get(service.name())
                        .dependsOn(service.after().stream().map(containers::get).toList()));
    }

    /** Builds the two images that are ours, and starts everything. */
    static ComposedPipeline start(ComposeFile file) {
        ComposedPipeline pipeline = new ComposedPipeline(file);
        try {
            Startables.deepStart(pipeline.containers.values()).join();
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
        return pipeline;
    }

    /** Where the first port of a service is to be reached from here. */
    URI address(String service) {
        GenericContainer<?> container = containers.get(service);
        int port = container.getMappedPort(file.services().get(service).ports().get(0));
        return URI.create("http://" + container.getHost() + ":" + port);
    }

    String variable(String name) {
        return file.variables().get(name);
    }

    private GenericContainer<?> container(Service service) {
        GenericContainer<?> container = file.isOurs(service)
                ? new GenericContainer<>(image(file.stageOf(service)))
                : new GenericContainer<>(service.image());
        container
                .withNetwork(network)
                .withNetworkAliases(service.name())
                .withCreateContainerCmdModifier(command -> command.withHostName(service.name()))
                .withEnv(service.environment())
                .withStartupTimeout(START_TIMEOUT);
        service.ports().forEach(container::addExposedPort);
        service.mounts()
                .forEach((path, place) -> container.withCopyFileToContainer(MountableFile.forHostPath(path), place));
        container.withCreateContainerCmdModifier(
                command -> command.getHostConfig().withBinds(shared(service)));
        if (!service.command().isEmpty()) {
            container.withCommand(service.command().toArray(String[]::new));
        }
        if (service.ports().isEmpty()) {
            return container.withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(START_TIMEOUT));
        }
        if (!service.health().isEmpty()) {
            container.withCreateContainerCmdModifier(command -> command.withHealthcheck(health(service)));
        }
        return container.waitingFor(Wait.forHealthcheck().withStartupTimeout(START_TIMEOUT));
    }

    /** The volumes that a service has in common with another; those of its own go with its container. */
    private List<Bind> shared(Service service) {
        return service.volumes().entrySet().stream()
                .filter(volume -> file.services().values().stream()
                        .anyMatch(other -> other != service && other.volumes().containsKey(volume.getKey())))
                .map(volume -> new Bind(volumePrefix + volume.getKey(), new Volume(volume.getValue())))
                .toList();
    }

    /** What a command prints in the container of a service. */
    String output(String service, String... command) {
        try {
            return containers.get(service).execInContainer(command).getStdout();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The check that the file gives, more often and with more patience than there. */
    private static HealthCheck health(Service service) {
        return new HealthCheck()
                .withTest(service.health())
                .withInterval(HEALTH_INTERVAL.toNanos())
                .withTimeout(Duration.ofSeconds(5).toNanos())
                .withRetries(HEALTH_RETRIES);
    }

    private ImageFromDockerfile image(String stage) {
        ImageFromDockerfile image = new ImageFromDockerfile("dolake-test/" + stage, false)
                .withTarget(stage)
                .withBuildArg("BASE_IMAGE", variable("BASE_IMAGE"));
        for (String path : BUILD_CONTEXT) {
            image.withFileFromPath(path, file.root().resolve(path));
        }
        return image;
    }

    /** Writes what each container has printed to a file of its own. */
    void saveLogs(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (Map.Entry<String, GenericContainer<?>> entry : containers.entrySet()) {
            if (entry.getValue().getContainerId() != null) {
                Files.writeString(
                        folder.resolve(entry.getKey() + ".log"),
                        entry.getValue().getLogs());
            }
        }
    }

    @Override
    public void close() {
        containers.values().forEach(GenericContainer::stop);
        network.close();
        file.services().values().stream()
                .flatMap(service -> shared(service).stream())
                .map(Bind::getPath)
                .distinct()
                .forEach(volume ->
                        DockerClientFactory.lazyClient().removeVolumeCmd(volume).exec());
    }
}

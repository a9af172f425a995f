/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import io.dolake.pipeline.containers.ComposeFile.Service;
import org.junit.jupiter.api.Assumptions;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.images.RemoteDockerImage;
import org.testcontainers.utility.DockerImageName;

/**
 * The engine that container tests run on. The one place that decides whether they run: with an engine that answers and
 * has, or can pull, the images. With {@code CONTAINER_TESTS=required} in the environment they fail where they would
 * skip.
 */
final class DockerEngine {
    private DockerEngine() {}

    /** Skips the calling test, and says so, where it cannot run. */
    static void assumeAvailable(ComposeFile file) {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            skip("no Docker engine answers. .ci/run brings one up.");
            return;
        }
        for (Service service : file.services().values()) {
            if (!file.isOurs(service)) {
                requireImage(service.image());
            }
        }
        requireImage(file.variables().get("BASE_IMAGE"));
    }

    private static void requireImage(String image) {
        try {
            new RemoteDockerImage(DockerImageName.parse(image)).get();
        } catch (ContainerFetchException e) {
            skip("the engine neither has nor can pull " + image + ". ci/images.sh builds images to stand in.");
        }
    }

    private static void skip(String reason) {
        String message = "Container tests are SKIPPED: " + reason;
        System.err.println(message);
        if ("required".equals(System.getenv("CONTAINER_TESTS"))) {
            throw new AssertionError("Cannot run the container tests: " + reason);
        }
        Assumptions.abort(message);
    }
}

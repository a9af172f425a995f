/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.containers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The repository's docker-compose.yml with its .env file, as far as it goes: the settings of its services, once, for
 * Docker Compose and for the container tests.
 *
 * @param root folder of both files
 * @param variables of .env, each overridden by the environment variable of the same name
 */
record ComposeFile(Path root, Map<String, String> variables, Map<String, Service> services) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /**
     * One service.
     *
     * @param target stage of the Dockerfile that it is built from; empty for a service that is an image of someone
     *    else's
     * @param health command of its health check; empty where the image has its own, or none
     * @param ports inside the container
     * @param mounts files and folders of the repository, to their place in the container
     * @param volumes volumes of Docker's, to their place in the container
     * @param after services that it waits for
     */
    record Service(
            String name,
            String image,
            String target,
            Map<String, String> environment,
            List<String> command,
            List<String> health,
            List<Integer> ports,
            Map<Path, String> mounts,
            Map<String, String> volumes,
            List<String> after) {}

    static ComposeFile load(Path root, Map<String, String> environment) {
        try {
            Map<String, String> variables = variables(root.resolve(".env"));
            variables.replaceAll((name, value) -> environment.getOrDefault(name, value));
            JsonNode file = YAML.readTree(root.resolve("docker-compose.yml").toFile());
            Map<String, Service> services = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : file.path("services").properties()) {
                services.put(entry.getKey(), service(root, entry.getKey(), entry.getValue(), variables));
            }
            return new ComposeFile(root, variables, services);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether the service runs an image of the Dockerfile, built by itself or by another service. */
    boolean isOurs(Service service) {
        return !stageOf(service).isEmpty();
    }

    /** Stage of the Dockerfile that the service's image is; empty for an image of someone else's. */
    String stageOf(Service service) {
        return services.values().stream()
                .filter(other -> other.image().equals(service.image()))
                .map(Service::target)
                .filter(target -> !target.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static Map<String, String> variables(Path file) throws IOException {
        Map<String, String> variables = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                String[] pair = line.split("=", 2);
                variables.put(pair[0], pair[1]);
            }
        }
        return variables;
    }

    private static Service service(Path root, String name, JsonNode node, Map<String, String> variables) {
        Map<String, String> environment = new TreeMap<>();
        node.path("environment")
                .properties()
                .forEach(entry ->
                        environment.put(entry.getKey(), filled(entry.getValue().asText(), variables)));
        List<Integer> ports = new ArrayList<>();
        for (String port : texts(node.path("ports"), variables)) {
            ports.add(Integer.parseInt(port.substring(port.lastIndexOf(':') + 1)));
        }
        Map<Path, String> mounts = new LinkedHashMap<>();
        Map<String, String> volumes = new LinkedHashMap<>();
        for (String volume : texts(node.path("volumes"), variables)) {
            String[] parts = volume.split(":", -1);
            if (parts[0].startsWith(".")) {
                mounts.put(root.resolve(parts[0]).normalize(), parts[1]);
            } else {
                volumes.put(parts[0], parts[1]);
            }
        }
        List<String> health = texts(node.path("healthcheck").path("test"), variables);
        List<String> after = new ArrayList<>();
        node.path("depends_on").fieldNames().forEachRemaining(after::add);
        return new Service(
                name,
                filled(node.path("image").asText(), variables),
                node.path("build").path("target").asText(),
                environment,
                texts(node.path("command"), variables),
                health,
                ports,
                mounts,
                volumes,
                after);
    }

    private static List<String> texts(JsonNode list, Map<String, String> variables) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(filled(item.asText(), variables)));
        return texts;
    }

    private static String filled(String text, Map<String, String> variables) {
        return VARIABLE.matcher(text).replaceAll(match -> {
            String value = variables.get(match.group(1));
            if (value == null) {
                throw new IllegalArgumentException(
                        "Cannot read docker-compose.yml: .env has no variable " + match.group(1));
            }
            return Matcher.quoteReplacement(value);
        });
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The place where segments of the change logs are archived before retention drops them. */
public sealed interface ArchiveLocation {
    /** The settings, without their prefix. */
    Set<String> SETTINGS = Set.of(
            "ARCHIVE",
            "ARCHIVE_ENDPOINT",
            "ARCHIVE_REGION",
            "ARCHIVE_PATH_STYLE",
            "ARCHIVE_ACCESS_KEY_ID",
            "ARCHIVE_SECRET_ACCESS_KEY");

    /** A directory, which may be a mount of another machine's disk. */
    record Directory(Path root) implements ArchiveLocation {
        @Override
        public String toString() {
            return root.toUri().toString();
        }
    }

    /**
     * A bucket of an S3-compatible object store.
     *
     * @param prefix of all object names; empty, or ending with a slash
     * @param endpoint null for AWS
     * @param region null for the region of the AWS default chain
     * @param accessKeyId null for credentials from the AWS default chain; then the secret is null too
     */
    record S3(
            String bucket,
            String prefix,
            URI endpoint,
            String region,
            boolean pathStyle,
            String accessKeyId,
            String secretAccessKey)
            implements ArchiveLocation {
        /** Leaves the secret out. */
        @Override
        public String toString() {
            return "s3://" + bucket + "/" + prefix;
        }
    }

    /**
     * Reads {@code DOSQL_ARCHIVE} and the settings beside it.
     *
     * @param faults receives the faults of the settings
     * @return null if no archive is configured, or if there are faults
     */
    static ArchiveLocation fromEnvironment(String prefix, Map<String, String> environment, List<String> faults) {
        String text = environment.get(prefix + "ARCHIVE");
        if (text == null) {
            SETTINGS.stream()
                    .sorted()
                    .filter(name -> environment.containsKey(prefix + name))
                    .forEach(name -> faults.add(prefix + name + " is set without " + prefix + "ARCHIVE"));
            return null;
        }
        URI uri = uri(prefix + "ARCHIVE", text.trim(), faults);
        if (uri == null) {
            return null;
        }
        return switch (String.valueOf(uri.getScheme())) {
            case "file" -> directory(prefix, environment, uri, faults);
            case "s3" -> s3(prefix, environment, uri, faults);
            default -> {
                faults.add(prefix + "ARCHIVE is '" + text + "', not file:///DIRECTORY or s3://BUCKET/PREFIX");
                yield null;
            }
        };
    }

    private static ArchiveLocation directory(
            String prefix, Map<String, String> environment, URI uri, List<String> faults) {
        SETTINGS.stream()
                .sorted()
                .filter(name -> !name.equals("ARCHIVE") && environment.containsKey(prefix + name))
                .forEach(name -> faults.add(prefix + name + " has no effect for a directory"));
        try {
            return new Directory(Path.of(uri).normalize());
        } catch (IllegalArgumentException e) {
            faults.add(prefix + "ARCHIVE is '" + uri + "', not file:/// and an absolute path: " + e.getMessage());
            return null;
        }
    }

    private static ArchiveLocation s3(String prefix, Map<String, String> environment, URI uri, List<String> faults) {
        int before = faults.size();
        if (uri.getAuthority() == null || uri.getQuery() != null || uri.getFragment() != null) {
            faults.add(prefix + "ARCHIVE is '" + uri + "', not s3://BUCKET/PREFIX");
        }
        String endpointText = environment.get(prefix + "ARCHIVE_ENDPOINT");
        URI endpoint = endpointText == null ? null : uri(prefix + "ARCHIVE_ENDPOINT", endpointText.trim(), faults);
        if (endpoint != null && (endpoint.getHost() == null || !isHttp(endpoint.getScheme()))) {
            faults.add(prefix + "ARCHIVE_ENDPOINT is '" + endpointText + "', not http://HOST or https://HOST");
        }
        String region = notBlank(prefix + "ARCHIVE_REGION", environment, faults);
        String accessKeyId = notBlank(prefix + "ARCHIVE_ACCESS_KEY_ID", environment, faults);
        String secretAccessKey = notBlank(prefix + "ARCHIVE_SECRET_ACCESS_KEY", environment, faults);
        if ((accessKeyId == null) != (secretAccessKey == null)) {
            faults.add("of " + prefix + "ARCHIVE_ACCESS_KEY_ID and " + prefix
                    + "ARCHIVE_SECRET_ACCESS_KEY only one is set");
        }
        boolean pathStyle = endpoint != null;
        String style = environment.get(prefix + "ARCHIVE_PATH_STYLE");
        if (style != null) {
            pathStyle = style.trim().equals("true");
            if (!pathStyle && !style.trim().equals("false")) {
                faults.add(prefix + "ARCHIVE_PATH_STYLE is '" + style + "', not true or false");
            }
        }
        return faults.size() > before
                ? null
                : new S3(
                        uri.getAuthority(),
                        namePrefix(uri.getPath()),
                        endpoint,
                        region,
                        pathStyle,
                        accessKeyId,
                        secretAccessKey);
    }

    private static boolean isHttp(String scheme) {
        return "http".equals(scheme) || "https".equals(scheme);
    }

    private static String namePrefix(String path) {
        String bare = path.replaceAll("^/+|/+$", "");
        return bare.isEmpty() ? "" : bare + "/";
    }

    private static URI uri(String name, String text, List<String> faults) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            faults.add(name + " is '" + text + "', not a URI: " + e.getReason());
            return null;
        }
    }

    private static String notBlank(String name, Map<String, String> environment, List<String> faults) {
        String value = environment.get(name);
        if (value != null && value.isBlank()) {
            faults.add(name + " is empty");
        }
        return value == null ? null : value.trim();
    }
}

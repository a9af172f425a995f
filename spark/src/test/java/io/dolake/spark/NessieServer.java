/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A Nessie server with everything in memory, in a process of its own. */
final class NessieServer implements AutoCloseable {
    private static final Path JAR = Path.of("target", "nessie", "nessie-quarkus.jar");
    private static final Duration LONGEST = Duration.ofSeconds(90);

    private final Process process;
    private final String uri;

    private NessieServer(Process process, String uri) {
        this.process = process;
        this.uri = uri;
    }

    /** Starts it; returns when it answers. */
    static NessieServer start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        Path log = directory.resolve("nessie.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-jar",
                        JAR.toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        NessieServer server = new NessieServer(process, "http://127.0.0.1:" + port + "/api/v2");
        server.await(log);
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void await(Path log) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + LONGEST.toNanos();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(uri + "/config")).build();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try {
                if (HttpClient.newHttpClient()
                                .send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(200); // it does not listen yet
            }
        }
        close();
        throw new IllegalStateException("Nessie does not start:\n" + Files.readString(log));
    }

    /** Its API, as the catalog's {@code uri}. */
    String uri() {
        return uri;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The server of a catalog, in a process of its own. */
final class CatalogServer implements AutoCloseable {
    private static final Path NESSIE = Path.of("target", "nessie", "nessie-quarkus.jar");
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final List<String> OPENED = List.of("lang", "lang.invoke", "net", "nio", "util", "util.concurrent");

    private final Process process;
    private final String uri;

    private CatalogServer(Process process, String uri) {
        this.process = process;
        this.uri = uri;
    }

    /** Nessie, with everything in memory. */
    static CatalogServer nessie(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        return start(
                directory.resolve("nessie.log"),
                port,
                "http://127.0.0.1:" + port + "/api/v2",
                List.of(
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-jar",
                        NESSIE.toAbsolutePath().toString()));
    }

    /** Hive's metastore, on an embedded database. */
    static CatalogServer hive(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        List<String> arguments = new ArrayList<>();
        OPENED.forEach(name -> arguments.add("--add-opens=java.base/java." + name + "=ALL-UNNAMED"));
        arguments.addAll(List.of(
                "-Dhive.async.log.enabled=false",
                "-Djavax.jdo.option.ConnectionURL=jdbc:derby:" + directory.resolve("metastore") + ";create=true",
                "-Dderby.stream.error.file=" + directory.resolve("derby.log"),
                "-Ddatanucleus.schema.autoCreateAll=true",
                "-Dhive.metastore.schema.verification=false",
                "-Dhive.metastore.warehouse.dir=" + directory.resolve("hive"),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "org.apache.hadoop.hive.metastore.HiveMetaStore",
                "-p",
                Integer.toString(port)));
        return start(directory.resolve("hive.log"), port, "thrift://127.0.0.1:" + port, arguments);
    }

    /** Returns when it listens. */
    private static CatalogServer start(Path log, int port, String uri, List<String> arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long deadline = System.nanoTime() + LONGEST.toNanos();
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return new CatalogServer(process, uri);
            } catch (IOException e) {
                Thread.sleep(200); // it does not listen yet
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("A server does not start:\n" + Files.readString(log));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** The catalog's {@code uri}. */
    String uri() {
        return uri;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

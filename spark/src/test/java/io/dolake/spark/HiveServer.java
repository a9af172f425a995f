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

/** A Hive metastore on an embedded database, in a process of its own. */
final class HiveServer implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(120);
    private static final List<String> OPENED = List.of("lang", "lang.invoke", "net", "nio", "util", "util.concurrent");

    private final Process process;
    private final int port;

    private HiveServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it; returns when it listens. */
    static HiveServer start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
        OPENED.forEach(name -> command.add("--add-opens=java.base/java." + name + "=ALL-UNNAMED"));
        command.addAll(List.of(
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
        Path log = directory.resolve("hive.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        HiveServer server = new HiveServer(process, port);
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
        while (System.nanoTime() - deadline < 0 && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (IOException e) {
                Thread.sleep(200); // it does not listen yet
            }
        }
        close();
        throw new IllegalStateException("Hive's metastore does not start:\n" + Files.readString(log));
    }

    /** Its address, as the catalog's {@code uri}. */
    String uri() {
        return "thrift://127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}

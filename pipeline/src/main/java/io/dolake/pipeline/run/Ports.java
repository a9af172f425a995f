/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;

/**
 * Ports of one pipeline, on the loopback address. Written to the home so that the other commands find them and the
 * next start takes the same.
 *
 * @param engine HTTP and WebSocket of the engine
 * @param kafka the broker's listener for clients
 * @param connect REST of the Connect worker
 * @param controller the broker's own quorum listener; always chosen by us
 */
public record Ports(int engine, int kafka, int connect, int controller) {
    static final int ENGINE = 8790;
    static final int KAFKA = 9092;
    static final int CONNECT = 8083;

    /** All listeners are bound to this address. */
    public static final String HOST = "127.0.0.1";

    /** What was asked for: a port, 0 for any free one, null for the one of the last start or the default. */
    public record Wish(Integer engine, Integer kafka, Integer connect) {
        public static final Wish ANY = new Wish(0, 0, 0);
    }

    /**
     * Settles the ports of a start.
     *
     * @throws DoLakeException ADDRESS_IN_USE, naming the port and the option that changes it
     */
    static Ports choose(Home home, Wish wish) {
        Properties last = home.ports().toFile().exists() ? PropertiesFile.read(home.ports()) : new Properties();
        Set<Integer> taken = new HashSet<>();
        return new Ports(
                choose("engine", wish.engine(), last, ENGINE, taken),
                choose("kafka", wish.kafka(), last, KAFKA, taken),
                choose("connect", wish.connect(), last, CONNECT, taken),
                choose("controller", 0, last, 0, taken));
    }

    private static int choose(String name, Integer wish, Properties last, int fallback, Set<Integer> taken) {
        int remembered = Integer.parseInt(last.getProperty(name, "0"));
        boolean wasAny = Boolean.parseBoolean(last.getProperty(name + ".any", "false"));
        boolean any = wish == null ? wasAny : wish == 0;
        int port = wish != null && wish > 0 ? wish : remembered > 0 && (wish == null || wasAny) ? remembered : fallback;
        if (any) {
            port = remembered > 0 && wasAny && !taken.contains(remembered) && isFree(remembered) ? remembered : free();
        } else if (taken.contains(port) || !isFree(port)) {
            throw new DoLakeException(
                            ErrorCode.ADDRESS_IN_USE,
                            "Cannot listen on port " + port + " for " + title(name) + ": it is taken"
                                    + (taken.contains(port) ? " by another part of this pipeline" : ""))
                    .withHint("Choose another one with --" + name + "-port PORT (0 for any free one), or stop the"
                            + " program that has it.")
                    .withDetail("port", port);
        }
        taken.add(port);
        last.setProperty(name + ".any", Boolean.toString(any));
        last.setProperty(name, Integer.toString(port));
        return port;
    }

    private static String title(String name) {
        return switch (name) {
            case "engine" -> "the engine";
            case "kafka" -> "the Kafka broker";
            case "connect" -> "the Connect worker";
            default -> "the Kafka controller";
        };
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot find a free port: " + e.getMessage(), e);
        }
    }

    void save(Home home, Wish wish) {
        Properties before = Files.exists(home.ports()) ? PropertiesFile.read(home.ports()) : new Properties();
        Properties file = new Properties();
        put(file, before, "engine", engine, wish.engine());
        put(file, before, "kafka", kafka, wish.kafka());
        put(file, before, "connect", connect, wish.connect());
        put(file, before, "controller", controller, 0);
        PropertiesFile.write(home.ports(), file);
    }

    private static void put(Properties file, Properties before, String name, int port, Integer wish) {
        boolean any = wish == null ? Boolean.parseBoolean(before.getProperty(name + ".any", "false")) : wish == 0;
        file.setProperty(name, Integer.toString(port));
        file.setProperty(name + ".any", Boolean.toString(any));
    }

    /** Ports of the last start of this home; the defaults if it never ran. */
    public static Ports last(Home home) {
        if (!Files.exists(home.ports())) {
            return new Ports(ENGINE, KAFKA, CONNECT, 0);
        }
        Properties file = PropertiesFile.read(home.ports());
        return new Ports(
                Integer.parseInt(file.getProperty("engine")),
                Integer.parseInt(file.getProperty("kafka")),
                Integer.parseInt(file.getProperty("connect")),
                Integer.parseInt(file.getProperty("controller")));
    }

    public String engineUrl() {
        return "http://" + HOST + ":" + engine;
    }

    public String bootstrapServers() {
        return HOST + ":" + kafka;
    }

    public String connectUrl() {
        return "http://" + HOST + ":" + connect;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * The ports of one start, kept from their choice until their use: no two parts get the same one, and the system gives
 * none of them to another program that asks for any. Kept means bound without listening, which on Linux lets a part
 * listen there that names the port. Elsewhere it would not: there they are free again as soon as all are chosen.
 */
public final class PortChoice implements AutoCloseable {
    private static final boolean CAN_BE_SHARED =
            System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux");

    private final Map<Integer, Socket> held = new HashMap<>();
    private final Properties last;
    private final Ports ports;

    private PortChoice(Properties last, Ports.Wish wish) {
        this.last = last;
        try {
            ports = new Ports(
                    choose("engine", wish.engine(), Ports.ENGINE),
                    choose("kafka", wish.kafka(), Ports.KAFKA),
                    choose("connect", wish.connect(), Ports.CONNECT),
                    choose("controller", 0, 0));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        if (!CAN_BE_SHARED) {
            close();
        }
    }

    /**
     * Settles the ports of a start.
     *
     * @throws DoLakeException ADDRESS_IN_USE, naming the port and the option that changes it
     */
    public static PortChoice make(Home home, Ports.Wish wish) {
        return new PortChoice(Ports.file(home), wish);
    }

    public Ports ports() {
        return ports;
    }

    private int choose(String name, Integer wish, int fallback) {
        int remembered = Ports.number(last, name, 0);
        boolean wasAny = Ports.wasAny(last, name);
        boolean any = wish == null ? wasAny : wish == 0;
        if (any) {
            return remembered > 0 && wasAny && hold(remembered) ? remembered : holdAny();
        }
        int port = wish != null ? wish : remembered > 0 ? remembered : fallback;
        boolean isOurs = held.containsKey(port);
        if (isOurs || !hold(port)) {
            throw new DoLakeException(
                            ErrorCode.ADDRESS_IN_USE,
                            "Cannot listen on port " + port + " for " + title(name) + ": it is taken"
                                    + (isOurs ? " by another part of this pipeline" : ""))
                    .withHint("Choose another one with --" + name + "-port PORT (0 for any free one), or stop the"
                            + " program that has it.")
                    .withDetail("port", port);
        }
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

    private boolean hold(int port) {
        if (held.containsKey(port)) {
            return false;
        }
        Optional<Socket> socket = bind(port);
        socket.ifPresent(kept -> held.put(port, kept));
        return socket.isPresent();
    }

    private int holdAny() {
        Socket socket = bind(0).orElseThrow(() -> new DoLakeException(
                ErrorCode.IO_ERROR, "Cannot find a free port on " + Ports.HOST + ": the system gives none"));
        held.put(socket.getLocalPort(), socket);
        return socket.getLocalPort();
    }

    /** Empty if another program listens there. */
    private static Optional<Socket> bind(int port) {
        Socket socket = new Socket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(Ports.HOST), port));
            return Optional.of(socket);
        } catch (IOException e) {
            release(socket);
            return Optional.empty();
        }
    }

    private static void release(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot give a port back: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        held.values().forEach(PortChoice::release);
        held.clear();
    }
}

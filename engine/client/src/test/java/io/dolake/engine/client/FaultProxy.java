/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Relays TCP between clients and a server, and breaks it as a test says. */
final class FaultProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    final AtomicInteger accepted = new AtomicInteger();
    private volatile boolean silent;
    private volatile Random pieces;
    private volatile int resetsAfterBytes = Integer.MAX_VALUE;

    FaultProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Takes what comes and passes nothing on, in both directions; connections stay open. */
    void goSilent() {
        silent = true;
    }

    /** Passes everything on in pieces of random size with random pauses of up to a millisecond. */
    void chop(Random random) {
        pieces = random;
    }

    /** Resets each connection from now on when the server has sent this many bytes over it. */
    void resetAfter(int bytes) {
        resetsAfterBytes = bytes;
    }

    /** Resets every connection now. */
    void reset() {
        links.forEach(Link::reset);
    }

    /** Ends the direction from the server to the client of every connection, in order. */
    void halfClose() throws IOException {
        for (Link link : links) {
            link.client.shutdownOutput();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                accepted.incrementAndGet();
                Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
                links.add(link);
                start(() -> link.relay(link.client, link.server, false));
                start(() -> link.relay(link.server, link.client, true));
            }
        } catch (IOException e) {
            reset();
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fault-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        reset();
    }

    private final class Link {
        private final Socket client;
        private final Socket server;

        private Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        private void relay(Socket from, Socket to, boolean counted) {
            byte[] buffer = new byte[16_384];
            int left = resetsAfterBytes;
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                Random random = pieces;
                for (int count = read(in, buffer, random); count >= 0; count = read(in, buffer, random)) {
                    if (!silent) {
                        out.write(buffer, 0, Math.min(count, counted ? left : count));
                        left -= count;
                    }
                    if (counted && left <= 0) {
                        reset();
                    }
                }
                to.shutdownOutput();
            } catch (IOException e) {
                reset();
            }
        }

        private int read(InputStream in, byte[] buffer, Random random) throws IOException {
            if (random == null) {
                return in.read(buffer);
            }
            try {
                Thread.sleep(0, random.nextInt(1_000_000));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return in.read(buffer, 0, 1 + random.nextInt(random.nextBoolean() ? 10 : 4_000));
        }

        private void reset() {
            links.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0);
                    socket.close();
                } catch (IOException e) {
                    // It is closed already, which is what was wanted.
                    links.remove(this);
                }
            }
        }
    }
}

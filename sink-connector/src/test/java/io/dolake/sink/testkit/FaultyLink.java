/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way to an HTTP server on this machine on which requests fare as told, one request to a connection. */
public final class FaultyLink implements AutoCloseable {
    /** What becomes of a request. */
    public enum Fault {
        NONE,
        /** Refused for now: 503. */
        SLOW_DOWN,
        /** Refused: 403. */
        FORBIDDEN,
        /** The connection breaks in the middle of the request. */
        CUT,
        /** The server does it, and its reply is lost. */
        LOST_REPLY,
        /** No answer, for as long as the link is open. */
        SILENT
    }

    private static final Pattern LENGTH = Pattern.compile("(?im)^content-length: *(\\d+)");
    private static final int TIMEOUT_MS = 30_000;

    private final ServerSocket listener;
    private final int target;
    private final Function<String, Fault> faults;

    /** @param faults from the request line to what becomes of the request; called by many threads */
    public FaultyLink(int target, Function<String, Fault> faults) throws IOException {
        this.target = target;
        this.faults = faults;
        this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "faulty-link");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                client.setSoTimeout(TIMEOUT_MS);
                thread(() -> serve(client));
            } catch (IOException e) {
                // Closed, or the client went away again: the loop sees which.
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            String head = head(in);
            if (head.isEmpty()) {
                return;
            }
            Fault fault = faults.apply(head.substring(0, head.indexOf('\r')));
            int length = length(head);
            if (fault == Fault.CUT) {
                in.readNBytes(length / 2);
                return;
            }
            byte[] body = in.readNBytes(length);
            switch (fault) {
                case SLOW_DOWN -> refuse(client, "503 Slow Down", "SlowDown");
                case FORBIDDEN -> refuse(client, "403 Forbidden", "AccessDenied");
                case SILENT -> in.read();
                default -> forward(client, head, body, fault == Fault.LOST_REPLY);
            }
        } catch (IOException e) {
            // The client sees a broken connection, which is what the link is for.
        }
    }

    private void forward(Socket client, String head, byte[] body, boolean isLost) throws IOException {
        try (Socket server = new Socket(InetAddress.getLoopbackAddress(), target)) {
            server.setSoTimeout(TIMEOUT_MS);
            OutputStream out = server.getOutputStream();
            String once = head.replaceFirst("\r\n", "\r\nConnection: close\r\n");
            out.write(once.getBytes(StandardCharsets.ISO_8859_1));
            out.write(body);
            out.flush();
            byte[] reply = server.getInputStream().readAllBytes();
            if (!isLost) {
                client.getOutputStream().write(reply);
                client.getOutputStream().flush();
            }
        }
    }

    private static void refuse(Socket client, String status, String code) throws IOException {
        byte[] body = ("<?xml version=\"1.0\"?><Error><Code>" + code + "</Code><Message>" + code + "</Message></Error>")
                .getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + body.length
                + "\r\nConnection: close\r\n\r\n";
        OutputStream out = client.getOutputStream();
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
    }

    /** The request up to the empty line, without headers about the connection; empty if there is no request. */
    private static String head(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int newlines = 0;
        while (newlines < 2) {
            int b = data.read();
            if (b < 0) {
                return "";
            }
            head.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        return head.toString(StandardCharsets.ISO_8859_1).replaceAll("(?im)^(connection|expect): .*\r\n", "");
    }

    private static int length(String head) {
        Matcher matcher = LENGTH.matcher(head.toLowerCase(Locale.ROOT));
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}

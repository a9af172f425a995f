/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Bytes to a server and what comes back, for what no HTTP client would send. */
public final class RawHttp {
    private static final int ANSWER_MS = 300;
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private RawHttp() {}

    /** The answer as far as it comes within a moment; empty if there is none. */
    public static String send(int port, String text) {
        return send(port, text, false);
    }

    /** The same of a client that says it sends no more. */
    public static String sendAndEnd(int port, String text) {
        return send(port, text, true);
    }

    private static String send(int port, String text, boolean ends) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MS);
            socket.getOutputStream().write(bytes);
            if (ends) {
                socket.shutdownOutput();
            }
            InputStream input = socket.getInputStream();
            byte[] part = new byte[4_096];
            for (int count = input.read(part); count > 0; count = input.read(part)) {
                answer.write(part, 0, count);
                if (answer.size() > MAX_ANSWER_BYTES) {
                    break;
                }
            }
        } catch (IOException e) {
            // The server may close a connection with malformed HTTP, or wait for more of it.
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
        return answer.toString(StandardCharsets.ISO_8859_1);
    }

    /** Status of the answer; 0 if there is none. */
    public static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }
}

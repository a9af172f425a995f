/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.support.Failures;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The open WebSockets: closes those whose caller is no longer known, since a key was revoked or a token has expired. */
final class OpenSockets {
    private static final Logger LOG = LoggerFactory.getLogger(OpenSockets.class);

    private static final long CHECK_MS = 1_000;

    /** For a client to read the reason and to close its side. */
    private static final long CLOSE_MS = 2_000;

    private static final int MAX_REASON_BYTES = 123;

    private final ScheduledExecutorService timer;
    private final Executor ends;
    private final Map<Session, Open> open = new ConcurrentHashMap<>();

    /** @param end stops what the socket does for its caller */
    private record Open(Access access, Runnable end) {}

    /** @param ends ends sockets, which may wait for a statement, as the timer must not */
    OpenSockets(ScheduledExecutorService timer, Executor ends) {
        this.timer = timer;
        this.ends = ends;
        timer.scheduleWithFixedDelay(
                Failures.repeated("check the callers of open sockets", this::check),
                CHECK_MS,
                CHECK_MS,
                TimeUnit.MILLISECONDS);
    }

    void add(Session socket, Access access, Runnable end) {
        open.put(socket, new Open(access, end));
    }

    void remove(Session socket) {
        if (socket != null) {
            open.remove(socket);
        }
    }

    private void check() {
        open.forEach((socket, entry) -> {
            String reason = entry.access().ended();
            if (reason != null && open.remove(socket, entry)) {
                LOG.info("A socket is closed: {}", reason);
                socket.close(StatusCode.POLICY_VIOLATION, shortened(reason), Callback.NOOP);
                timer.schedule(() -> ends.execute(() -> end(socket, entry)), CLOSE_MS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private static void end(Session socket, Open entry) {
        try {
            entry.end().run();
        } finally {
            socket.disconnect();
        }
    }

    private static String shortened(String reason) {
        byte[] bytes = reason.getBytes(StandardCharsets.US_ASCII);
        return new String(bytes, 0, Math.min(bytes.length, MAX_REASON_BYTES), StandardCharsets.US_ASCII);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

/**
 * A WebSocket connection that receives whole messages on demand and sends texts in order. Its first failure is kept,
 * and every later call fails with it. It reads from the socket only while the handler has room.
 */
final class WebSocketConnection implements WebSocket.Listener {
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    private static final int KEEP_TEXT_CHARS = 1 << 16;
    private static final int KEEP_BYTES = 1 << 20;

    /**
     * Receives whole messages, one at a time. A false result stops reading until {@link WebSocketConnection#demand}.
     */
    interface Handler {
        boolean text(String message);

        boolean binary(byte[] message);

        /** The link is dead; called once, from any thread. */
        void failed(DoLakeException failure);
    }

    private final String what;
    private final ClientConfig config;
    private final Handler handler;
    private final AtomicReference<DoLakeException> failure = new AtomicReference<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();
    private ByteArrayOutputStream binary = new ByteArrayOutputStream();
    private volatile boolean closing;
    private volatile boolean reading;
    private volatile long heardNanos = System.nanoTime();
    private volatile WebSocket socket;
    private volatile Outbox outbox;

    /** @param what names the link in errors: "session with database 'shop'" */
    WebSocketConnection(String what, ClientConfig config, Handler handler) {
        this.what = what;
        this.config = config;
        this.handler = handler;
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        outbox = new Outbox(opened, this::broken);
        demand();
    }

    /** Reads one more message. Call it once for each false result of the handler. */
    void demand() {
        heardNanos = System.nanoTime();
        reading = true;
        socket.request(1);
    }

    void send(String message) {
        throwIfFailed();
        outbox.send(message);
    }

    void sendReplaceable(String message) {
        throwIfFailed();
        outbox.sendReplaceable(message);
    }

    /** Ends the link if it cannot be sent: the JDK does not always report a connection that the server dropped. */
    CompletableFuture<?> ping() {
        return socket.sendPing(ByteBuffer.allocate(0)).whenComplete((ignored, failure) -> {
            if (failure != null) {
                broken(failure);
            }
        });
    }

    /** Time since the last message was received; zero while reading is paused on purpose. */
    long silentNanos() {
        return reading ? System.nanoTime() - heardNanos : 0;
    }

    boolean isDead() {
        return failure.get() != null;
    }

    void throwIfFailed() {
        if (failure.get() != null) {
            throw ClientErrors.again(failure.get());
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        reading = false;
        boolean room = true;
        if (!closing && take(text.length(), data.length())) {
            text.append(data);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                if (text.capacity() > KEEP_TEXT_CHARS) {
                    text.trimToSize();
                }
                room = hand(() -> handler.text(message));
            }
        }
        return readOn(room);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        reading = false;
        boolean room = true;
        if (!closing && take(binary.size(), data.remaining())) {
            byte[] chunk = new byte[data.remaining()];
            data.get(chunk);
            binary.write(chunk, 0, chunk.length);
            if (last) {
                byte[] message = binary.toByteArray();
                binary = new ByteArrayOutputStream(Math.min(message.length, KEEP_BYTES));
                room = hand(() -> handler.binary(message));
            }
        }
        return readOn(room);
    }

    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
        return readOn(true);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        return readOn(true);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        fail(lost("the server closed it (" + status + (reason.isEmpty() ? "" : " " + reason) + ")", null));
        ended.complete(null);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        broken(error);
        ended.complete(null);
    }

    private boolean take(int held, int more) {
        if (more <= config.maxMessageBytes() - held) {
            return true;
        }
        end(LimitedBody.tooLarge(config.maxMessageBytes()));
        return false;
    }

    private boolean hand(BooleanSupplier handling) {
        try {
            return handling.getAsBoolean();
        } catch (DoLakeException e) {
            end(e);
            return true;
        } catch (RuntimeException e) {
            end(new DoLakeException(ErrorCode.PROTOCOL_ERROR, "Cannot use message on " + what + ": " + e, e));
            return true;
        }
    }

    private CompletionStage<?> readOn(boolean room) {
        if (room) {
            demand();
        }
        return null;
    }

    private void broken(Throwable error) {
        Throwable cause = ClientErrors.unwrap(error);
        end(lost("the connection is lost: " + (cause.getMessage() == null ? cause : cause.getMessage()), cause));
    }

    DoLakeException lost(String reason, Throwable cause) {
        return ClientErrors.lost(what, config.endpoint(), reason, cause);
    }

    /** Fails and drops the connection. */
    void end(DoLakeException error) {
        fail(error);
        WebSocket opened = socket;
        if (opened != null) {
            opened.abort();
        }
        ended.complete(null);
    }

    private void fail(DoLakeException error) {
        if (failure.compareAndSet(null, error)) {
            handler.failed(error);
        }
    }

    /**
     * Sends a close message, waits briefly for the answer so that the server has ended the session, and drops the
     * connection.
     */
    void close() {
        closing = true;
        boolean alive = !isDead();
        fail(lost("it was closed by this client", null));
        WebSocket opened = socket;
        if (alive && opened != null) {
            if (!reading) {
                demand();
            }
            var unused = opened.sendClose(WebSocket.NORMAL_CLOSURE, "");
            awaitEnd();
        }
        if (opened != null) {
            opened.abort();
        }
    }

    private void awaitEnd() {
        try {
            ended.get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // A server that does not answer the close message is dropped all the same.
            ended.complete(null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("never completed with a failure", e);
        }
    }
}

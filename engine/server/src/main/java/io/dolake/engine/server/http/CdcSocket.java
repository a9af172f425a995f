/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.auth.Access;
import io.dolake.engine.server.auth.Right;
import io.dolake.engine.server.cdc.Batch;
import io.dolake.engine.server.cdc.CdcRequest;
import io.dolake.engine.server.cdc.CdcSubscription;
import io.dolake.engine.server.cdc.SendWindow;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.database.Database;
import io.dolake.engine.server.database.EngineResources;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.support.Failures;
import io.dolake.engine.server.support.Ids;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change stream over WebSocket: passes the consumer's messages to its subscription and sends the subscription's
 * batches. Public because Jetty looks up its methods.
 */
public final class CdcSocket implements Session.Listener.AutoDemanding, CdcSubscription.Output {
    private static final Logger LOG = LoggerFactory.getLogger(CdcSocket.class);

    /** A larger block is not copied, but sent as a second frame of its message. */
    private static final int MAX_COPIED_BYTES = 64 << 10;

    private final Database database;
    private final ExecutorService threads;
    private final SendWindow.Total inFlight;
    private final Access access;
    private final OpenSockets openSockets;
    private final Runnable release;
    private final long maxSilentMs;
    private final long maxMessageChars;
    private final StringBuilder message = new StringBuilder();
    private boolean isRefused;
    private volatile long heardNanos = System.nanoTime();
    private Session socket;
    private CdcSubscription subscription;

    CdcSocket(Database database, EngineResources resources, Access access, OpenSockets openSockets, Runnable release) {
        this.database = database;
        this.threads = resources.consumers();
        this.inFlight = resources.inFlight();
        this.maxSilentMs = database.config().limit(Limit.CDC_SILENCE_MS);
        this.maxMessageChars = database.config().limit(Limit.CDC_MAX_MESSAGE_BYTES);
        this.access = access;
        this.openSockets = openSockets;
        this.release = release;
    }

    @Override
    public void onWebSocketOpen(Session newSocket) {
        socket = newSocket;
        openSockets.add(socket, access, this::closed);
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
        heardNanos = System.nanoTime();
    }

    @Override
    public void onWebSocketPartialText(String piece, boolean last) {
        heardNanos = System.nanoTime();
        if (isRefused) {
            return;
        }
        if (message.length() + piece.length() > maxMessageChars) {
            isRefused = true;
            fail(new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot read message of a consumer: it has more than " + maxMessageChars + " characters")
                    .withHint("DOSQL_CDC_MAX_MESSAGE_BYTES sets the limit."));
            return;
        }
        message.append(piece);
        if (last) {
            String whole = message.toString();
            message.setLength(0);
            receive(whole);
        }
    }

    private void receive(String text) {
        try {
            access.require(Right.CDC);
            JsonNode node = JsonReader.object(text);
            if (subscription != null) {
                subscription.receive(node);
            } else {
                subscribe(node);
            }
        } catch (DoLakeException e) {
            fail(e);
        } catch (RuntimeException | Error e) {
            fail(Failures.of("read a message of a consumer of '" + database.name() + "'", e));
        }
    }

    private void subscribe(JsonNode node) {
        String type = JsonReader.requiredText(node, "type");
        if (!type.equals("subscribe")) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR, "Cannot accept message '" + type + "': the first one must be subscribe");
        }
        CdcRequest request = CdcRequest.read(
                node, database.config(), "consumer-" + Ids.random().substring(0, 8));
        subscription = database.subscriptions().open(request, inFlight, this);
        threads.execute(subscription);
    }

    private void fail(DoLakeException error) {
        try {
            text(Json.object(json -> {
                json.writeStringField("type", "error");
                Json.error(json, error);
            }));
        } catch (IOException e) {
            LOG.debug("A consumer of '{}' could not be sent {}: {}", database.name(), error, e.toString());
        }
        end();
    }

    @Override
    public void text(byte[] message) throws IOException {
        Callback.Completable sent = new Callback.Completable();
        socket.sendText(new String(message, StandardCharsets.UTF_8), sent);
        Sent.await(sent, maxSilentMs);
    }

    @Override
    public void batch(Batch batch) throws IOException {
        byte[] block = batch.block();
        boolean isCopied = block.length <= MAX_COPIED_BYTES;
        ByteBuffer first = ByteBuffer.allocate(Long.BYTES + (isCopied ? block.length : 0));
        first.putLong(batch.sequence());
        if (isCopied) {
            first.put(block);
        }
        send(first.flip(), isCopied);
        if (!isCopied) {
            send(ByteBuffer.wrap(block), true);
        }
    }

    private void send(ByteBuffer frame, boolean isLast) throws IOException {
        Callback.Completable sent = new Callback.Completable();
        socket.sendPartialBinary(frame, isLast, sent);
        Sent.await(sent, maxSilentMs);
    }

    @Override
    public void ping() {
        socket.sendPing(ByteBuffer.allocate(0), Callback.NOOP);
    }

    @Override
    public long silentMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNanos);
    }

    @Override
    public void abort() {
        socket.disconnect();
    }

    @Override
    public void end() {
        socket.close(StatusCode.NORMAL, null, Callback.NOOP);
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A change stream of '{}' failed: {}", database.name(), cause.toString());
        closed();
    }

    @Override
    public void onWebSocketClose(int status, String reason) {
        closed();
    }

    private void closed() {
        openSockets.remove(socket);
        try {
            if (subscription != null) {
                subscription.close();
            }
        } finally {
            release.run();
        }
    }
}

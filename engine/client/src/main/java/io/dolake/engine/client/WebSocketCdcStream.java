/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A subscription, {@code schemas/SPEC.md} section 8. */
final class WebSocketCdcStream implements CdcStream, WebSocketConnection.Handler {
    private static final int SEQUENCE_BYTES = Long.BYTES;

    private final WebSocketConnection link;
    private final CdcQueue queue;
    private final BatchDecoder reader = new BatchDecoder();
    private final CompletableFuture<JsonNode> subscribed = new CompletableFuture<>();
    /** Guards {@link #sequence} and the order in which batches enter the queue. */
    private final Object order = new Object();

    private final CdcSequence sequence = new CdcSequence();
    private Lsn doneLsn = Lsn.ZERO;
    private String epoch;
    private Lsn oldestLsn;
    private Lsn newestLsn;

    private WebSocketCdcStream(String database, ClientConfig config) {
        link = new WebSocketConnection("change stream of database '" + database + "'", config, this);
        queue = new CdcQueue(link::demand);
    }

    static WebSocketCdcStream open(
            String database,
            CdcOptions options,
            ClientConfig config,
            WebSocketConnector connector,
            ConnectionMonitor links) {
        WebSocketCdcStream stream = new WebSocketCdcStream(database, config);
        connector.open(ClientConfig.path(database, "cdc"), stream.link);
        stream.link.send(JsonTrees.write(subscribe(options)));
        stream.awaitSubscribed(database, config);
        links.watch(stream.link, () -> false);
        return stream;
    }

    private static ObjectNode subscribe(CdcOptions options) {
        ObjectNode json = JsonTrees.object()
                .put("type", "subscribe")
                .put("fromLsn", options.fromLsn().toString())
                .put("maxBatchEvents", options.maxBatchEvents())
                .put("maxBatchBytes", options.maxBatchBytes());
        if (options.epoch() != null) {
            json.put("epoch", options.epoch());
        }
        if (!options.tables().isEmpty()) {
            ArrayNode tables = json.putArray("tables");
            options.tables().forEach(tables::add);
        }
        if (options.consumer() != null) {
            json.put("consumer", options.consumer());
        }
        return json;
    }

    private void awaitSubscribed(String database, ClientConfig config) {
        String what = "subscribe to changes of database '" + database + "'";
        try {
            JsonNode reply = subscribed.get(config.requestTimeout().toNanos(), TimeUnit.NANOSECONDS);
            epoch = ReplyReader.text(reply, "epoch");
            oldestLsn = ReplyReader.lsn(reply, "oldestLsn");
            newestLsn = ReplyReader.lsn(reply, "newestLsn");
        } catch (TimeoutException e) {
            DoLakeException timeout = ClientErrors.timeout(what, config.endpoint(), config.requestTimeout(), false);
            link.end(timeout);
            throw timeout;
        } catch (ExecutionException e) {
            throw ClientErrors.connection(config.endpoint(), e, false);
        } catch (InterruptedException e) {
            link.end(link.lost("interrupted", e));
            throw ClientErrors.interrupted(what, config.endpoint());
        }
    }

    @Override
    public String epoch() {
        return epoch;
    }

    @Override
    public Lsn oldestLsn() {
        return oldestLsn;
    }

    @Override
    public Lsn newestLsn() {
        return newestLsn;
    }

    @Override
    public Message poll(Duration timeout) throws InterruptedException {
        return queue.poll(timeout);
    }

    @Override
    public void ack(long upTo, Lsn lsn, double bufferUtilization) {
        synchronized (order) {
            long newest = sequence.acknowledge(upTo);
            doneLsn = lsn.isAfter(doneLsn) ? lsn : doneLsn;
            reader.forget(newest);
            String message = JsonTrees.write(JsonTrees.object()
                    .put("type", "ack")
                    .put("sequence", newest)
                    .put("lsn", doneLsn.toString())
                    .put("bufferUtilization", Math.max(0.0, Math.min(1.0, bufferUtilization))));
            sendUnlessEnded(() -> link.sendReplaceable(message));
        }
    }

    @Override
    public void nack(long from, Duration retryDelay) {
        String message = JsonTrees.write(JsonTrees.object()
                .put("type", "nack")
                .put("sequence", from)
                .put("reason", "buffer_full")
                .put("retryDelayMs", retryDelay.toMillis()));
        synchronized (order) {
            if (sequence.refuse(from)) {
                queue.clear();
                sendUnlessEnded(() -> link.send(message));
            }
        }
    }

    private void sendUnlessEnded(Runnable send) {
        try {
            send.run();
        } catch (DoLakeException e) {
            // The acknowledging thread may differ from the poller; the poller gets the error that ended the stream.
            link.end(e);
        }
    }

    /** For tests. */
    CdcQueue queue() {
        return queue;
    }

    @Override
    public void close() {
        link.close();
    }

    @Override
    public boolean text(String message) {
        JsonNode json = JsonTrees.read(message);
        String type = json.path("type").asText();
        switch (type) {
            case "subscribed" -> subscribed.complete(json);
            case "keepAlive" -> {
                return keepAlive(ReplyReader.lsn(json, "lsn"));
            }
            case "error" -> throw ReplyReader.error(json.path("error"), message);
            default ->
                throw new DoLakeException(
                        ErrorCode.PROTOCOL_ERROR,
                        "Cannot read message: its type '" + JsonTrees.excerpt(type) + "' is unknown");
        }
        return true;
    }

    private boolean keepAlive(Lsn lsn) {
        synchronized (order) {
            return !sequence.takesKeepAlive() || queue.add(new KeepAlive(lsn));
        }
    }

    @Override
    public boolean binary(byte[] message) {
        if (message.length < SEQUENCE_BYTES) {
            throw new DoLakeException(
                    ErrorCode.PROTOCOL_ERROR, "Cannot read batch of " + message.length + " bytes: it has no sequence");
        }
        long number = ByteBuffer.wrap(message).getLong();
        synchronized (order) {
            return !sequence.takes(number) || queue.add(new ReceivedBatch(reader, number, message));
        }
    }

    @Override
    public void failed(DoLakeException failure) {
        subscribed.completeExceptionally(failure);
        queue.end(failure);
    }

    private record ReceivedBatch(BatchDecoder reader, long sequence, byte[] message) implements Batch {
        @Override
        public void decode(ChangeListener listener) {
            ByteSlice block = new ByteSlice(message, SEQUENCE_BYTES, message.length - SEQUENCE_BYTES);
            reader.decode(sequence, block, listener);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogReader;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.Lsn;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscription of one consumer: a thread that reads the change log and sends new changes as soon as they are
 * durable. It waits for room in the window, for the {@link SendRate}, or for a commit; it does not poll.
 */
public final class CdcSubscription implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CdcSubscription.class);

    private static final long STOP_MS = 5_000;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int IN_FLIGHT_PART_OF_HEAP = 64;

    private final Subscriptions owner;
    private final CdcRequest request;
    private final Output output;
    private final SendWindow window;
    private final SendRate rate;
    private final long keepAliveNanos;
    private final long maxSilentMs;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable wakeUp = this::signal;
    private boolean signalled;
    private long lastSentNanos = System.nanoTime();
    private final SendWindow.Total inFlight;
    private volatile long answeredNanos = System.nanoTime();
    private volatile Lsn ackedLsn;
    private volatile double bufferUtilization;
    private volatile boolean closed;

    /** The socket. Calls return when the message is written to the network, and throw if the socket is closed. */
    public interface Output {
        void text(byte[] message) throws IOException;

        void batch(Batch batch) throws IOException;

        /** Sends a ping. */
        void ping();

        /** Milliseconds since the consumer was last heard. */
        long silentMs();

        void end();

        /** As {@link #end}, but sends nothing to a consumer that does not read. */
        void abort();
    }

    CdcSubscription(Subscriptions owner, CdcRequest request, SendWindow.Total inFlight, Output output) {
        ServerConfig config = owner.config();
        this.owner = owner;
        this.inFlight = inFlight;
        this.request = request;
        this.output = output;
        long maxBytes = Math.min(
                config.limit(Limit.CDC_IN_FLIGHT_BYTES), Runtime.getRuntime().maxMemory() / IN_FLIGHT_PART_OF_HEAP);
        this.window =
                new SendWindow(config.intLimit(Limit.CDC_IN_FLIGHT_BATCHES), maxBytes, inFlight, request.fromLsn());
        this.rate = new SendRate(config.limit(Limit.CDC_MAX_EVENTS_PER_SECOND), System::nanoTime);
        this.keepAliveNanos = TimeUnit.MILLISECONDS.toNanos(config.limit(Limit.CDC_KEEP_ALIVE_MS));
        this.maxSilentMs = config.limit(Limit.CDC_SILENCE_MS);
        this.ackedLsn = request.fromLsn();
    }

    /**
     * Every change up to this LSN is acknowledged. An acknowledgement of changes that were never sent does not count.
     */
    Lsn heldLsn() {
        Lsn sent = window.sentLsn();
        Lsn acked = ackedLsn;
        return acked.isAfter(sent) ? sent : acked;
    }

    @Override
    public void run() {
        ChangeLog log = owner.log();
        log.addListener(wakeUp);
        try (BatchReader reader = new BatchReader(log.openReader(), request, window)) {
            sendSubscribed();
            while (!closed) {
                await(step(reader));
            }
        } catch (DoLakeException e) {
            sendError(e);
        } catch (IOException e) {
            LOG.info("Consumer '{}' of '{}' has disconnected: {}", request.consumer(), owner.database(), e.toString());
            output.abort();
        } catch (RuntimeException | Error e) {
            sendError(Failures.of("stream changes of '" + owner.database() + "' to '" + request.consumer() + "'", e));
        } finally {
            log.removeListener(wakeUp);
            owner.forget(this);
            window.close();
            closed = true;
            ended.countDown();
            output.end();
        }
    }

    /** Does the work that is due now; returns how long to wait for more. */
    private long step(BatchReader reader) throws IOException {
        long untilKeepAlive = lastSentNanos + keepAliveNanos - System.nanoTime();
        if (untilKeepAlive <= 0) {
            sendKeepAlive();
            untilKeepAlive = keepAliveNanos;
        }
        long turn = rate.waitNanos();
        if (turn > 0) {
            return Math.min(turn, untilKeepAlive);
        }
        Batch batch = window.take();
        if (batch != null) {
            output.batch(batch);
            rate.sent(batch.events());
            lastSentNanos = System.nanoTime();
            return 0;
        }
        if (window.isFull() || inFlight.isExhausted()) {
            requireAcknowledging();
            return Math.min(untilKeepAlive, RETRY_NANOS);
        }
        return read(reader, untilKeepAlive);
    }

    /**
     * Reads the log, with a limit on concurrent readers that depends on the heap: each holds pieces of the log in
     * several forms. Those that waited to read look at the memory again: they may be many, and it was free for each.
     */
    private long read(BatchReader reader, long untilKeepAlive) throws IOException {
        Lsn durable = owner.log().durable();
        boolean isFilled;
        inFlight.reading().acquireUninterruptibly();
        try {
            if (inFlight.isExhausted()) {
                return Math.min(untilKeepAlive, RETRY_NANOS);
            }
            isFilled = reader.fill(durable);
        } finally {
            inFlight.reading().release();
        }
        if (isFilled || window.hasUnsent()) {
            return 0;
        }
        if (window.advance(durable)) {
            sendKeepAlive();
        }
        return untilKeepAlive;
    }

    /** Disconnects a consumer that holds memory and has acknowledged nothing for long while others wait for memory. */
    private void requireAcknowledging() throws IOException {
        long silentMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - answeredNanos);
        if (inFlight.isExhausted() && window.hasInFlight() && silentMs > maxSilentMs) {
            throw new IOException(
                    "it has acknowledged nothing for " + silentMs + " ms, and others wait for the memory");
        }
    }

    private void await(long nanos) {
        if (nanos <= 0) {
            return;
        }
        synchronized (this) {
            try {
                if (!signalled && !closed) {
                    TimeUnit.NANOSECONDS.timedWait(this, nanos);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                closed = true;
            }
            signalled = false;
        }
    }

    private synchronized void signal() {
        signalled = true;
        notifyAll();
    }

    /** Processes a message of the consumer. */
    public void receive(JsonNode message) {
        answeredNanos = System.nanoTime();
        long sequence = JsonReader.requiredNumber(message, "sequence", 0, Long.MAX_VALUE);
        switch (JsonReader.requiredText(message, "type")) {
            case "ack" -> {
                window.acknowledge(sequence);
                ackedLsn = Lsn.parse(JsonReader.requiredText(message, "lsn"));
                JsonNode utilization = message.get("bufferUtilization");
                if (utilization != null && utilization.isNumber()) {
                    bufferUtilization = utilization.doubleValue();
                    rate.accepted(bufferUtilization);
                }
            }
            case "nack" -> {
                long delayMs = JsonReader.number(message, "retryDelayMs", 0, 0, 3_600_000);
                rate.refused(delayMs);
                window.refuse(sequence);
            }
            default ->
                throw new DoLakeException(
                        ErrorCode.PROTOCOL_ERROR, "Cannot accept message: its type is not ack or nack");
        }
        signal();
    }

    ConsumerStatus status() {
        Lsn sent = window.sentLsn();
        long unread = 0;
        if (sent.isBefore(owner.log().durable())) {
            try (LogReader reader = owner.log().openReader()) {
                unread = reader.eventsAfter(sent);
            }
        }
        long pending = Math.max(unread, window.pendingEvents());
        // The buffer utilization of the consumer's last message; 0 if nothing is pending, since its buffer is then
        // empty.
        double utilization = pending == 0 ? 0 : bufferUtilization;
        return new ConsumerStatus(request.consumer(), ackedLsn, sent, pending, utilization);
    }

    private void sendSubscribed() throws IOException {
        LogState state = owner.log().state();
        send(json -> {
            json.writeStringField("type", "subscribed");
            json.writeStringField("epoch", state.epoch());
            Json.lsn(json, "oldestLsn", state.oldest());
            Json.lsn(json, "newestLsn", owner.newest());
        });
    }

    /**
     * Pings the consumer. Successful writes do not show that it is alive, since the network may accept data for a peer
     * that is gone.
     */
    private void sendKeepAlive() throws IOException {
        if (output.silentMs() > maxSilentMs) {
            throw new IOException("the consumer has sent nothing for " + output.silentMs() + " ms");
        }
        output.ping();
        Lsn lsn = window.sentLsn();
        send((JsonGenerator json) -> {
            json.writeStringField("type", "keepAlive");
            Json.lsn(json, "lsn", lsn);
        });
        lastSentNanos = System.nanoTime();
    }

    private void send(Json.Part part) throws IOException {
        output.text(Json.object(part));
    }

    private void sendError(DoLakeException error) {
        try {
            output.text(Json.object(json -> {
                json.writeStringField("type", "error");
                Json.error(json, error);
            }));
        } catch (IOException e) {
            LOG.info("Consumer '{}' could not be sent {}: {}", request.consumer(), error, e.toString());
        }
    }

    /** Ends the stream and waits for its thread to finish. */
    @Override
    public void close() {
        closed = true;
        signal();
        output.end();
        try {
            if (!ended.await(STOP_MS, TimeUnit.MILLISECONDS)) {
                LOG.warn("The stream of '{}' to '{}' has not ended in time", owner.database(), request.consumer());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.json.Json;
import io.dolake.engine.server.support.Memory;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages of one session that have arrived, in whole or in part, and have no answer yet. Their bytes are counted
 * as they arrive, together with those of all other requests ({@link Memory}). A message for which there is no memory is
 * dropped, and a refusal takes its place in the order of replies. Not thread-safe.
 */
final class Inbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    /** Characters kept of a refused message: enough to find its id. */
    private static final int KEPT_CHARS = 200;

    private final long maxMessageBytes;
    private final int maxWaiting;
    private final long maxWaitingBytes;
    private final Memory.Lease memory;
    private final Deque<Message> waiting = new ArrayDeque<>();
    private final StringBuilder part = new StringBuilder();
    private long partBytes;
    private long waitingBytes;
    private DoLakeException refusal;
    private boolean closed;

    /**
     * A complete message.
     *
     * @param text only its beginning if it is refused
     * @param bytes the bytes counted for it
     * @param refusal null if it can be served
     */
    record Message(String text, long bytes, DoLakeException refusal) {}

    Inbox(ServerConfig config, Memory memory) {
        maxMessageBytes = config.limit(Limit.MAX_REQUEST_BYTES);
        maxWaiting = config.intLimit(Limit.SESSION_WAITING_REQUESTS);
        maxWaitingBytes = config.limit(Limit.SESSION_WAITING_BYTES);
        this.memory = memory.lease();
    }

    /** Adds the next piece of a message. */
    void take(String piece, boolean last) {
        if (closed) {
            return;
        }
        long bytes = utf8Bytes(piece);
        if (refusal == null) {
            refusal = refusal(bytes);
            if (refusal == null) {
                part.append(piece);
                partBytes += bytes;
            } else {
                part.append(piece, 0, Math.min(piece.length(), KEPT_CHARS));
                part.setLength(Math.min(part.length(), KEPT_CHARS));
                part.trimToSize();
                memory.give(partBytes);
                partBytes = 0;
            }
        }
        if (last) {
            waiting.addLast(new Message(part.toString(), partBytes, refusal));
            waitingBytes += partBytes;
            part.setLength(0);
            part.trimToSize();
            partBytes = 0;
            refusal = null;
        }
    }

    private static long utf8Bytes(String piece) {
        long bytes = piece.length();
        for (int i = 0; i < piece.length(); i++) {
            char c = piece.charAt(i);
            // Each half of a pair is two of its four bytes.
            bytes += c < 0x80 ? 0 : c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
        }
        return bytes;
    }

    private DoLakeException refusal(long bytes) {
        if (partBytes + bytes > maxMessageBytes) {
            return new DoLakeException(
                            ErrorCode.PAYLOAD_TOO_LARGE,
                            "Cannot read request: it has more than " + maxMessageBytes + " bytes")
                    .withHint("Send less at a time, or raise DOSQL_MAX_REQUEST_BYTES.")
                    .withDetail("limit", maxMessageBytes);
        }
        try {
            memory.take(bytes);
            return null;
        } catch (DoLakeException e) {
            return e;
        }
    }

    /** Whether reading must pause until a message was answered. */
    boolean isFull() {
        return waiting.size() >= maxWaiting || waitingBytes >= maxWaitingBytes;
    }

    /** The next message; null if there is none. Its bytes stay counted until it is answered. */
    Message next() {
        Message message = waiting.pollFirst();
        waitingBytes -= message == null ? 0 : message.bytes();
        return message;
    }

    void answered(Message message) {
        memory.give(message.bytes());
    }

    /** The {@code id} of a request of which only the beginning was kept; null unless it is the first field. */
    static Long id(String beginning) {
        try (JsonParser parser = Json.MAPPER.createParser(beginning)) {
            boolean isFirst = parser.nextToken() == JsonToken.START_OBJECT && "id".equals(parser.nextFieldName());
            return isFirst && parser.nextToken() == JsonToken.VALUE_NUMBER_INT ? (Long) parser.getLongValue() : null;
        } catch (IOException e) {
            LOG.debug("A request that is refused does not begin with its id: {}", e.toString());
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
        memory.close();
    }
}

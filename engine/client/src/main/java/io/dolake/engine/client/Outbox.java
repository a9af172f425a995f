/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.net.http.WebSocket;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * The queue of outgoing text messages, sent one at a time as {@link WebSocket} requires. A replaceable message replaces
 * one that still waits, so successive acknowledgements take one place.
 */
final class Outbox {
    static final int MAX_WAITING = 1_024;

    private record Entry(String text, boolean replaceable) {}

    private final WebSocket socket;
    private final Consumer<Throwable> onFailure;
    private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
    private boolean sending;

    Outbox(WebSocket socket, Consumer<Throwable> onFailure) {
        this.socket = socket;
        this.onFailure = onFailure;
    }

    void send(String text) {
        add(new Entry(text, false));
    }

    /** Replaces the last waiting message, if that one is replaceable too. */
    void sendReplaceable(String text) {
        add(new Entry(text, true));
    }

    private void add(Entry entry) {
        synchronized (this) {
            if (entry.replaceable() && !waiting.isEmpty() && waiting.getLast().replaceable()) {
                waiting.removeLast();
            }
            if (waiting.size() >= MAX_WAITING) {
                throw new DoLakeException(
                        ErrorCode.BUFFER_FULL,
                        "Cannot send message: " + MAX_WAITING
                                + " are already waiting and the server does not read them");
            }
            waiting.add(entry);
        }
        sendNext();
    }

    private void sendNext() {
        Entry entry;
        synchronized (this) {
            if (sending || waiting.isEmpty()) {
                return;
            }
            sending = true;
            entry = waiting.remove();
        }
        var unused = socket.sendText(entry.text(), true).whenComplete((ignored, failure) -> {
            synchronized (this) {
                sending = false;
            }
            if (failure != null) {
                onFailure.accept(failure);
            } else {
                sendNext();
            }
        });
    }
}

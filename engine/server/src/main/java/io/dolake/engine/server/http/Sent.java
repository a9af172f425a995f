/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;

/** Waits until a message is written to the network, up to the time limit for clients that do not read. */
final class Sent {
    private Sent() {}

    static void await(Callback.Completable sent, long maxMs) throws IOException {
        try {
            sent.get(maxMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("the client has not read for " + maxMs + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}

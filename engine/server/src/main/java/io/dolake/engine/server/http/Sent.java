/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.websocket.api.Callback;

/** Waits until the network has taken a message, for so long as a client may leave it there. */
final class Sent {
    private Sent() {}

    static void await(Callback.Completable sent, long maxMs) throws IOException {
        try {
            sent.get(maxMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("it has not read for " + maxMs + " ms", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}

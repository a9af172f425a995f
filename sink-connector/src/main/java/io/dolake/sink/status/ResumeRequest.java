/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.status;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request to resume a table, passed to the task's thread. */
public final class ResumeRequest {
    public static final String HELD = "held";
    public static final String START = "start";

    private final String table;
    private final String from;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    ResumeRequest(String table, String from) {
        this.table = table;
        this.from = from;
    }

    public String table() {
        return table;
    }

    /** {@link #HELD}, {@link #START}, or empty. */
    public String from() {
        return from;
    }

    /** Whether nobody waits for it any more: then it must not be carried out later. */
    public boolean isGivenUp() {
        return done.isDone();
    }

    public void done() {
        done.complete(null);
    }

    public void refused(DoLakeException why) {
        done.completeExceptionally(why);
    }

    /** Empty once it is done; otherwise the reason why not, as {@code CODE: message}. */
    String await(long timeoutMs) {
        try {
            done.get(timeoutMs, TimeUnit.MILLISECONDS);
            return "";
        } catch (ExecutionException e) {
            return e.getCause().toString();
        } catch (TimeoutException e) {
            done.cancel(false);
            return new DoLakeException(
                            ErrorCode.TIMEOUT,
                            "Cannot resume " + table + ": its task did not respond within " + timeoutMs + " ms")
                    .toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new DoLakeException(ErrorCode.TIMEOUT, "Cannot resume " + table + ": interrupted").toString();
        }
    }
}

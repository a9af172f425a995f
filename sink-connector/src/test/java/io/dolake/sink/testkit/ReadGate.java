/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets files with rows be read only while there are permits, one for each. */
public final class ReadGate implements WatchedFileIO.Watcher {
    public final Semaphore permits = new Semaphore(0);
    public final AtomicInteger read = new AtomicInteger();

    @Override
    public void opening(String location) {
        if (location.endsWith(".parquet")) {
            try {
                permits.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted before " + location + " was read", e);
            }
            read.incrementAndGet();
        }
    }
}

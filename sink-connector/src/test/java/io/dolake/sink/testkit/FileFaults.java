/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Has one write fail: the so-manieth file created or closed. */
public final class FileFaults implements WatchedFileIO.Watcher {
    /** Operations until one fails; negative: none will. */
    public final AtomicInteger untilFailure = new AtomicInteger(-1);

    @Override
    public void creating(String location) throws IOException {
        step();
    }

    @Override
    public void closed(String location) throws IOException {
        step();
    }

    private void step() throws IOException {
        if (untilFailure.getAndUpdate(left -> left < 0 ? left : left - 1) == 0) {
            throw new IOException("No space left on device");
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceFailureException;

/** Has a catalog fail as told: each fault as often as its counter says. */
public final class CatalogFaults implements WatchedCatalog.Watcher {
    public final AtomicInteger unavailable = new AtomicInteger();
    public final AtomicInteger refusedCommits = new AtomicInteger();
    public final AtomicInteger lostReplies = new AtomicInteger();

    @Override
    public void loading() {
        if (takes(unavailable)) {
            throw new ServiceFailureException("the catalog is down");
        }
    }

    @Override
    public void committing() {
        if (takes(refusedCommits)) {
            throw new CommitStateUnknownException(new ServiceFailureException("the request was lost"));
        }
    }

    @Override
    public void committed() {
        if (takes(lostReplies)) {
            throw new CommitStateUnknownException(new ServiceFailureException("the reply was lost"));
        }
    }

    private static boolean takes(AtomicInteger counter) {
        return counter.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}

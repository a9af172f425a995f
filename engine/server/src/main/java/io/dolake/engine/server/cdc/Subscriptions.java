/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.cdc;

import io.dolake.engine.server.changelog.ChangeLog;
import io.dolake.engine.server.changelog.LogState;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.support.Failures;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Lsn;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The subscriptions to a database's change log, and the position that they still need. */
public final class Subscriptions {
    private final String database;
    private final ServerConfig config;
    private final ChangeLog log;
    private final Supplier<Lsn> newest;
    private final Set<CdcSubscription> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param newest LSN of the newest commit */
    public Subscriptions(String database, ServerConfig config, ChangeLog log, Supplier<Lsn> newest) {
        this.database = database;
        this.config = config;
        this.log = log;
        this.newest = newest;
    }

    String database() {
        return database;
    }

    ServerConfig config() {
        return config;
    }

    ChangeLog log() {
        return log;
    }

    /** LSN of the newest commit. */
    Lsn newest() {
        return newest.get();
    }

    /**
     * Creates a subscription, which the caller runs.
     *
     * @param inFlight the bytes that all consumers of the process have not acknowledged
     * @throws DoLakeException CDC_EPOCH_MISMATCH, CDC_LSN_NOT_FOUND; CONNECTION_ERROR while the database is being
     *     closed
     */
    public CdcSubscription open(CdcRequest request, SendWindow.Total inFlight, CdcSubscription.Output output) {
        CdcSubscription subscription = new CdcSubscription(this, request, inFlight, output);
        // Registered before its position is checked, so that retention cannot drop the position in between.
        open.add(subscription);
        try {
            ensureOpen();
            checkPosition(request);
            return subscription;
        } catch (RuntimeException e) {
            forget(subscription);
            throw e;
        }
    }

    private void ensureOpen() {
        if (closed) {
            throw Failures.closing(database);
        }
    }

    private void checkPosition(CdcRequest request) {
        LogState state = log.state();
        if (request.epoch() != null && !request.epoch().equals(state.epoch())) {
            throw CdcErrors.otherEpoch(request.epoch(), state);
        }
        Lsn last = newest();
        if (request.fromLsn().isBefore(state.oldest()) || request.fromLsn().isAfter(last)) {
            throw CdcErrors.notFound(request.fromLsn(), state.oldest(), last);
        }
    }

    void forget(CdcSubscription subscription) {
        open.remove(subscription);
    }

    /** All consumers have acknowledged every change up to this LSN; null if there are no consumers. */
    public Lsn heldLsn() {
        return open.stream()
                .map(CdcSubscription::heldLsn)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    public List<ConsumerStatus> status() {
        return open.stream().map(CdcSubscription::status).toList();
    }

    /** Ends the streams and waits for them; none is opened afterwards. */
    public void close() {
        closed = true;
        open.forEach(CdcSubscription::close);
    }
}

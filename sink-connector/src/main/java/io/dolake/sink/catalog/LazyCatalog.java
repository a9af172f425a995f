/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import java.io.Closeable;
import java.io.IOException;
import java.util.function.Supplier;
import org.apache.iceberg.catalog.Catalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A catalog that is opened on first use, so that one that is down delays a task instead of failing it. */
public final class LazyCatalog implements Supplier<Catalog>, Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(LazyCatalog.class);

    private final Supplier<Catalog> opener;
    private Catalog catalog;

    public LazyCatalog(Supplier<Catalog> opener) {
        this.opener = opener;
    }

    @Override
    public synchronized Catalog get() {
        if (catalog == null) {
            catalog = opener.get();
        }
        return catalog;
    }

    public synchronized boolean isOpen() {
        return catalog != null;
    }

    @Override
    public synchronized void close() {
        if (catalog instanceof Closeable closeable) {
            try {
                closeable.close();
            } catch (IOException e) {
                LOG.warn("Cannot close the catalog", e);
            }
        }
        catalog = null;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** A catalog that fails as told: the next calls altogether, or the next commits before or after they are done. */
final class FaultyCatalog implements Catalog {
    private final Catalog catalog;
    private final Faults faults;

    /** How often each fault is still to happen. */
    static final class Faults {
        final AtomicInteger unavailable = new AtomicInteger();
        final AtomicInteger refusedCommits = new AtomicInteger();
        final AtomicInteger lostReplies = new AtomicInteger();

        private static boolean takes(AtomicInteger counter) {
            return counter.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        }
    }

    FaultyCatalog(Catalog catalog, Faults faults) {
        this.catalog = catalog;
        this.faults = faults;
    }

    @Override
    public Table loadTable(TableIdentifier name) {
        if (Faults.takes(faults.unavailable)) {
            throw new ServiceFailureException("the catalog is down");
        }
        BaseTable table = (BaseTable) catalog.loadTable(name);
        return new BaseTable(new FaultyOperations(table.operations(), faults), table.name());
    }

    @Override
    public TableBuilder buildTable(TableIdentifier name, Schema schema) {
        return catalog.buildTable(name, schema);
    }

    @Override
    public List<TableIdentifier> listTables(Namespace namespace) {
        return catalog.listTables(namespace);
    }

    @Override
    public boolean dropTable(TableIdentifier name, boolean purge) {
        return catalog.dropTable(name, purge);
    }

    @Override
    public void renameTable(TableIdentifier from, TableIdentifier to) {
        catalog.renameTable(from, to);
    }

    private record FaultyOperations(TableOperations operations, Faults faults) implements TableOperations {
        @Override
        public TableMetadata current() {
            return operations.current();
        }

        @Override
        public TableMetadata refresh() {
            return operations.refresh();
        }

        @Override
        public void commit(TableMetadata base, TableMetadata metadata) {
            if (Faults.takes(faults.refusedCommits)) {
                throw new CommitStateUnknownException(new ServiceFailureException("the request was lost"));
            }
            operations.commit(base, metadata);
            if (Faults.takes(faults.lostReplies)) {
                throw new CommitStateUnknownException(new ServiceFailureException("the reply was lost"));
            }
        }

        @Override
        public FileIO io() {
            return operations.io();
        }

        @Override
        public String metadataFileLocation(String fileName) {
            return operations.metadataFileLocation(fileName);
        }

        @Override
        public LocationProvider locationProvider() {
            TableMetadata current = operations.current();
            return LocationProviders.locationsFor(current.location(), current.properties());
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.LocationProviders;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;

/** A catalog whose calls are watched; the watcher may throw. */
public final class WatchedCatalog implements Catalog {
    /** Told before and after what changes the lake. */
    public interface Watcher {
        default void loading() {}

        default void creating() {}

        default void created() {}

        default void committing() {}

        default void committed() {}
    }

    private final Catalog catalog;
    private final Watcher watcher;

    public WatchedCatalog(Catalog catalog, Watcher watcher) {
        this.catalog = catalog;
        this.watcher = watcher;
    }

    @Override
    public Table loadTable(TableIdentifier name) {
        watcher.loading();
        BaseTable table = (BaseTable) catalog.loadTable(name);
        return new BaseTable(new WatchedOperations(table.operations(), watcher), table.name());
    }

    @Override
    public TableBuilder buildTable(TableIdentifier name, Schema schema) {
        TableBuilder builder = catalog.buildTable(name, schema);
        TableBuilder[] watched = new TableBuilder[1];
        watched[0] = (TableBuilder) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {TableBuilder.class}, (proxy, method, arguments) -> {
                    boolean isCreation = method.getName().equals("create");
                    if (isCreation) {
                        watcher.creating();
                    }
                    Object result = invoke(method, builder, arguments);
                    if (isCreation) {
                        watcher.created();
                    }
                    return result == builder ? watched[0] : result;
                });
        return watched[0];
    }

    private static Object invoke(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
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

    private record WatchedOperations(TableOperations operations, Watcher watcher) implements TableOperations {
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
            watcher.committing();
            operations.commit(base, metadata);
            watcher.committed();
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

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.ci.catalog;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.rest.CatalogHandlers;
import org.apache.iceberg.rest.RESTCatalogProperties.SnapshotMode;
import org.apache.iceberg.rest.requests.CreateNamespaceRequest;
import org.apache.iceberg.rest.requests.CreateTableRequest;
import org.apache.iceberg.rest.requests.RegisterTableRequest;
import org.apache.iceberg.rest.requests.RenameTableRequest;
import org.apache.iceberg.rest.requests.UpdateNamespacePropertiesRequest;
import org.apache.iceberg.rest.requests.UpdateTableRequest;
import org.apache.iceberg.rest.responses.ConfigResponse;

/**
 * The paths of the REST catalog specification, each to the handler that Iceberg has for it. Null is a reply without a
 * body.
 */
final class CatalogRoutes {
    private final JdbcCatalog catalog;

    CatalogRoutes(JdbcCatalog catalog) {
        this.catalog = catalog;
    }

    Object handle(CatalogRequest request) throws IOException {
        List<String> path = request.path();
        String resource = String.join("/", path.subList(0, Math.min(2, path.size())));
        switch (resource) {
            case "v1/config":
                return ConfigResponse.builder().build();
            case "v1/namespaces":
                return path.size() < 4 ? namespaces(request, path) : inNamespace(request, path);
            case "v1/tables":
                CatalogHandlers.renameTable(catalog, request.body(RenameTableRequest.class));
                return null;
            default:
                throw unknown(request);
        }
    }

    private Object namespaces(CatalogRequest request, List<String> path) throws IOException {
        if (path.size() == 2) {
            switch (request.method()) {
                case "GET":
                    String parent = request.query("parent", "");
                    return CatalogHandlers.listNamespaces(
                            catalog, parent.isEmpty() ? Namespace.empty() : namespace(parent));
                case "POST":
                    return CatalogHandlers.createNamespace(catalog, request.body(CreateNamespaceRequest.class));
                default:
                    throw unknown(request);
            }
        }
        Namespace namespace = namespace(path.get(2));
        switch (request.method()) {
            case "GET":
                return CatalogHandlers.loadNamespace(catalog, namespace);
            case "HEAD":
                CatalogHandlers.namespaceExists(catalog, namespace);
                return null;
            case "DELETE":
                CatalogHandlers.dropNamespace(catalog, namespace);
                return null;
            default:
                throw unknown(request);
        }
    }

    private Object inNamespace(CatalogRequest request, List<String> path) throws IOException {
        Namespace namespace = namespace(path.get(2));
        switch (path.get(3)) {
            case "properties":
                return CatalogHandlers.updateNamespaceProperties(
                        catalog, namespace, request.body(UpdateNamespacePropertiesRequest.class));
            case "register":
                return CatalogHandlers.registerTable(catalog, namespace, request.body(RegisterTableRequest.class));
            case "tables":
                return path.size() == 4
                        ? tables(request, namespace)
                        : table(request, path, TableIdentifier.of(namespace, path.get(4)));
            default:
                throw unknown(request);
        }
    }

    private Object tables(CatalogRequest request, Namespace namespace) throws IOException {
        switch (request.method()) {
            case "GET":
                return CatalogHandlers.listTables(catalog, namespace);
            case "POST":
                CreateTableRequest create = request.body(CreateTableRequest.class);
                return create.stageCreate()
                        ? CatalogHandlers.stageTableCreate(catalog, namespace, create)
                        : CatalogHandlers.createTable(catalog, namespace, create);
            default:
                throw unknown(request);
        }
    }

    private Object table(CatalogRequest request, List<String> path, TableIdentifier table) throws IOException {
        if (path.size() == 6 && path.get(5).equals("metrics")) {
            return null;
        }
        switch (request.method()) {
            case "GET":
                String snapshots = request.query("snapshots", "all").toUpperCase(Locale.ROOT);
                return CatalogHandlers.loadTable(catalog, table, SnapshotMode.valueOf(snapshots));
            case "HEAD":
                CatalogHandlers.tableExists(catalog, table);
                return null;
            case "POST":
                return CatalogHandlers.updateTable(catalog, table, request.body(UpdateTableRequest.class));
            case "DELETE":
                if (Boolean.parseBoolean(request.query("purgeRequested", "false"))) {
                    CatalogHandlers.purgeTable(catalog, table);
                } else {
                    CatalogHandlers.dropTable(catalog, table);
                }
                return null;
            default:
                throw unknown(request);
        }
    }

    /** Levels are separated by the unit separator; the path is decoded already. */
    private static Namespace namespace(String text) {
        return Namespace.of(text.split("\u001F", -1));
    }

    private static UnsupportedOperationException unknown(CatalogRequest request) {
        return new UnsupportedOperationException(
                "Cannot answer %s %s: no such route here".formatted(request.method(), request.uri()));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.ci.catalog;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An Iceberg REST catalog for tests: Iceberg's {@code CatalogHandlers} over a {@link JdbcCatalog}.
 *
 * <p>Takes the settings of the {@code apache/iceberg-rest-fixture} image: {@code CATALOG_A_B} is catalog property
 * {@code a.b}, two underscores stand for a hyphen; {@code REST_PORT} is the port. No authentication, no views, no
 * transactions over several tables: what a test of table reads and commits needs, and no more.
 */
public final class RestCatalogServer {
    private static final Logger LOG = LoggerFactory.getLogger(RestCatalogServer.class);
    private static final String PREFIX = "CATALOG_";
    private static final int THREADS = 8;

    private RestCatalogServer() {}

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("REST_PORT", "8181"));
        JdbcCatalog catalog = new JdbcCatalog();
        catalog.initialize("rest", catalogProperties(System.getenv()));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newFixedThreadPool(THREADS));
        server.createContext("/", new CatalogHttpHandler(new CatalogRoutes(catalog)));
        server.start();
        LOG.info("Iceberg REST catalog on port {}", server.getAddress().getPort());
    }

    static Map<String, String> catalogProperties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        properties.put(CatalogProperties.URI, "jdbc:sqlite:/tmp/catalog.db");
        properties.put("jdbc.schema-version", "V1");
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                String key = name.substring(PREFIX.length()).replace("__", "-").replace('_', '.');
                properties.put(key.toLowerCase(Locale.ROOT), value);
            }
        });
        return properties;
    }
}

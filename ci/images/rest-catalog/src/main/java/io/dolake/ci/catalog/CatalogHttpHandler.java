/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.ci.catalog;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import org.apache.iceberg.exceptions.AlreadyExistsException;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.NamespaceNotEmptyException;
import org.apache.iceberg.exceptions.NoSuchNamespaceException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.exceptions.NotFoundException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.rest.RESTSerializers;
import org.apache.iceberg.rest.responses.ErrorResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP and JSON around {@link CatalogRoutes}. Errors take the form of the REST catalog specification. */
final class CatalogHttpHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogHttpHandler.class);
    private static final int NO_BODY = -1;

    private final CatalogRoutes routes;
    private final ObjectMapper json = restMapper();

    CatalogHttpHandler(CatalogRoutes routes) {
        this.routes = routes;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
            try {
                byte[] body = exchange.getRequestBody().readAllBytes();
                Object reply = routes.handle(
                        new CatalogRequest(exchange.getRequestMethod(), exchange.getRequestURI(), body, json));
                LOG.info("{} -> {}", line, reply == null ? 204 : 200);
                send(exchange, reply == null ? 204 : 200, reply);
            } catch (RuntimeException | IOException e) {
                ErrorResponse error = errorOf(e);
                LOG.info("{} -> {} {}", line, error.code(), e.toString());
                if (error.code() >= 500) {
                    LOG.error("Cannot answer {}", line, e);
                }
                send(exchange, error.code(), error);
            }
        }
    }

    private void send(HttpExchange exchange, int status, Object reply) throws IOException {
        if (reply == null || "HEAD".equals(exchange.getRequestMethod())) {
            exchange.sendResponseHeaders(status, NO_BODY);
            return;
        }
        byte[] body = json.writeValueAsBytes(reply);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static ErrorResponse errorOf(Exception e) {
        return ErrorResponse.builder()
                .responseCode(statusOf(e))
                .withType(e.getClass().getSimpleName())
                .withMessage(String.valueOf(e.getMessage()))
                .build();
    }

    private static int statusOf(Exception e) {
        if (e instanceof NoSuchTableException
                || e instanceof NoSuchNamespaceException
                || e instanceof NotFoundException) {
            return 404;
        }
        if (e instanceof AlreadyExistsException
                || e instanceof CommitFailedException
                || e instanceof NamespaceNotEmptyException) {
            return 409;
        }
        if (e instanceof UnsupportedOperationException) {
            return 406;
        }
        if (e instanceof ValidationException || e instanceof IllegalArgumentException || e instanceof IOException) {
            return 400;
        }
        return 500;
    }

    private static ObjectMapper restMapper() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.setVisibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY);
        mapper.setPropertyNamingStrategy(new PropertyNamingStrategies.KebabCaseStrategy());
        mapper.configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);
        RESTSerializers.registerAll(mapper);
        return mapper;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.ci.catalog;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One request: method, address, and the body, read as the type that its route expects. */
record CatalogRequest(String method, URI uri, byte[] content, ObjectMapper json) {

    <T> T body(Class<T> type) throws IOException {
        return json.readValue(content, type);
    }

    /** The parts of the path, decoded: {@code /v1/namespaces/shop} is v1, namespaces, shop. */
    List<String> path() {
        return Arrays.stream(uri.getRawPath().split("/"))
                .filter(part -> !part.isEmpty())
                .map(part -> URLDecoder.decode(part, StandardCharsets.UTF_8))
                .toList();
    }

    /** The value of a query parameter, or the other value where the request has none. */
    String query(String name, String other) {
        if (uri.getRawQuery() == null) {
            return other;
        }
        return Arrays.stream(uri.getRawQuery().split("&"))
                .filter(pair -> pair.startsWith(name + "="))
                .map(pair -> URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8))
                .findFirst()
                .orElse(other);
    }
}

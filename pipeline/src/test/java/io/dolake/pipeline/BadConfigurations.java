/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Offers a worker one bad setting in all the ways it takes a configuration. */
final class BadConfigurations {
    private final ConnectCalls worker;

    BadConfigurations(ConnectCalls worker) {
        this.worker = worker;
    }

    /** Each must be refused with 400, and by the validation on the very key. */
    void refused(String connector, String plugin, String key, String value, String expected) throws Exception {
        String what = key + "=" + value;
        ObjectNode bad = worker.config(connector, Map.of(key, value));
        List<ConnectCalls.Answer> answers = new ArrayList<>();
        answers.add(worker.call("PUT", "/connectors/" + connector + "/config", bad));
        answers.add(worker.call("PATCH", "/connectors/" + connector + "/config", Map.of(key, value)));
        ObjectNode created = bad.deepCopy();
        created.put("name", connector + "-2");
        answers.add(worker.call("POST", "/connectors", Map.of("name", connector + "-2", "config", created)));
        for (ConnectCalls.Answer answer : answers) {
            assertThat(answer.status()).as("%s: %s", what, answer.text()).isEqualTo(400);
            assertThat(answer.json().path("message").asText()).as(what).contains(expected);
        }
        JsonNode validated = worker.call("PUT", "/connector-plugins/" + plugin + "/config/validate", bad)
                .json();
        assertThat(validated.path("error_count").asInt()).as(what).isPositive();
        assertThat(errors(validated, key))
                .as(what)
                .anySatisfy(error -> assertThat(error).contains(expected));
    }

    private static List<String> errors(JsonNode validated, String key) {
        List<String> errors = new ArrayList<>();
        for (JsonNode config : validated.path("configs")) {
            if (config.path("value").path("name").asText().equals(key)) {
                config.path("value").path("errors").forEach(error -> errors.add(error.asText()));
            }
        }
        return errors;
    }
}

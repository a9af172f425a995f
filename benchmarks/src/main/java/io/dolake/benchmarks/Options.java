/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.util.HashMap;
import java.util.Map;

/** Options of a benchmark, {@code name=value} each. */
public record Options(Map<String, String> values) {

    /** @param arguments the first one is the name of the benchmark */
    static Options parse(String[] arguments) {
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i < arguments.length; i++) {
            int at = arguments[i].indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException("Cannot read option '" + arguments[i] + "': expected name=value");
            }
            values.put(arguments[i].substring(0, at), arguments[i].substring(at + 1));
        }
        return new Options(values);
    }

    public int number(String name, int initial) {
        return Integer.parseInt(values.getOrDefault(name, String.valueOf(initial)));
    }

    public String text(String name, String initial) {
        return values.getOrDefault(name, initial);
    }

    /** Options of a prefix, the prefix taken off. */
    public Map<String, String> under(String prefix) {
        Map<String, String> found = new HashMap<>();
        values.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        return found;
    }
}

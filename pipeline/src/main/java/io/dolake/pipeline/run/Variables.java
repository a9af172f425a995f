/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.config.ConfigData;
import org.apache.kafka.common.config.provider.ConfigProvider;

/**
 * Config provider of the worker that this process runs: {@code ${env:NAME}} is a value that the pipeline knows (its
 * addresses and directories), else the environment variable. So the configurations that name environment variables,
 * for any worker, serve here unchanged.
 */
public final class Variables implements ConfigProvider {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{env:([A-Za-z0-9_]+)}");

    private final Map<String, String> values = new HashMap<>();

    /** The value of a setting with environment variables of this process in place of their names. */
    public static String resolved(String setting, String value) {
        return VARIABLE.matcher(value).replaceAll(match -> {
            String found = System.getenv(match.group(1));
            if (found == null) {
                throw new DoLakeException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Cannot use the configuration: " + setting + " names the environment variable " + match.group(1)
                                + ", which is not set");
            }
            return Matcher.quoteReplacement(found);
        });
    }

    @Override
    public void configure(Map<String, ?> settings) {
        values.putAll(System.getenv());
        settings.forEach((name, value) -> values.put(name, String.valueOf(value)));
    }

    @Override
    public ConfigData get(String path) {
        return new ConfigData(Map.copyOf(values));
    }

    @Override
    public ConfigData get(String path, Set<String> names) {
        Map<String, String> found = new HashMap<>(values);
        found.keySet().retainAll(names);
        return new ConfigData(found);
    }

    @Override
    public void close() {
        values.clear();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A type that a new version of Debezium brings must be known to the tests of values. */
class DebeziumJarTest {
    /** Constants with such names that name no type of values. */
    private static final Set<String> OTHERS = Set.of("io.debezium.relational.history.HistoryRecord$Fields");

    /** Of Debezium's Postgres connector, which is in another jar. */
    private static final Set<String> OF_OTHER_JARS = Set.of("io.debezium.data.Ltree");

    @Test
    void everySemanticTypeOfDebeziumIsTested() throws Exception {
        Set<String> known = SemanticTypes.single().stream()
                .map(type -> String.valueOf(type.schema(false).name()))
                .filter(name -> name.startsWith("io.debezium."))
                .collect(Collectors.toCollection(TreeSet::new));
        known.removeAll(OF_OTHER_JARS);
        assertThat(known).isEqualTo(namesInJar()).hasSizeGreaterThan(25);
    }

    private static Set<String> namesInJar() throws Exception {
        Set<String> names = new TreeSet<>();
        File file = new File(io.debezium.time.Date.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        try (JarFile jar = new JarFile(file)) {
            for (JarEntry entry : jar.stream().toList()) {
                String type = entry.getName().replace('/', '.').replaceFirst("\\.class$", "");
                if (entry.getName().endsWith(".class") && !OTHERS.contains(type) && namesType(jar, entry)) {
                    names.add(name(Class.forName(type)));
                }
            }
        }
        return names;
    }

    /**
     * Whether a class has a constant by which Debezium's types name themselves; others that use it have its value
     * instead.
     */
    private static boolean namesType(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            String text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
            // As constants are written: a tag, the length, the text.
            return text.contains("\u0001\0\u000cLOGICAL_NAME") || text.contains("\u0001\0\u000bSCHEMA_NAME");
        }
    }

    private static String name(Class<?> type) throws IllegalAccessException {
        for (Field field : type.getDeclaredFields()) {
            if (field.getName().equals("LOGICAL_NAME") || field.getName().equals("SCHEMA_NAME")) {
                return (String) field.get(null);
            }
        }
        throw new AssertionError(type + " has no name");
    }
}

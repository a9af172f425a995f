/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.lake.Lake;
import io.dolake.pipeline.run.Home;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** A value that must not leave, and where it is looked for: in all the forms that values have on their way. */
final class Canary {
    static final String TEXT = "canary-5f1d0c";
    /** No digits that a quotient of small numbers may have: JMX shows rates. */
    static final long NUMBER = 739_184_620_573L;

    static final double REAL = 0.739_184_620_5;
    /** Is not kept back: that it is found shows that the search finds. */
    static final String VISIBLE = "visible-77ab1";

    private Canary() {}

    private static List<String> forms(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        // of base64 the part that does not depend on what stands around
        String base64 = Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, bytes.length / 3 * 3));
        return List.of(text, HexFormat.of().formatHex(bytes), base64);
    }

    static List<String> hidden() {
        List<String> forms = new ArrayList<>(forms(TEXT));
        forms.add(Long.toString(NUMBER));
        forms.add("0.7391846205");
        return forms;
    }

    /** Whether some bytes hold one of the forms. */
    static List<String> in(byte[] bytes, List<String> forms) {
        String latin = new String(bytes, StandardCharsets.ISO_8859_1);
        return forms.stream().filter(latin::contains).toList();
    }

    static void absentFrom(String where, String text) {
        for (String line : text.split("\n")) {
            assertThat(in(line.getBytes(StandardCharsets.UTF_8), hidden()))
                    .as("%s: %s", where, line.length() > 300 ? line.substring(0, 300) : line)
                    .isEmpty();
        }
    }

    /** Files below a directory, by their name there. */
    static Map<String, byte[]> files(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    /** Looks into each; the visible value must be in one of them at least. */
    static void absentFromFiles(String where, Path directory, boolean visible) throws IOException {
        Map<String, byte[]> files = files(directory);
        assertThat(files).as(where).isNotEmpty();
        files.forEach((name, bytes) ->
                assertThat(in(bytes, hidden())).as("%s: %s", where, name).isEmpty());
        if (visible) {
            assertThat(files.values())
                    .as(where)
                    .anySatisfy(bytes -> assertThat(in(bytes, List.of(VISIBLE))).isNotEmpty());
        }
    }

    /** All attributes of all beans. */
    static String beans() throws JMException {
        StringBuilder text = new StringBuilder();
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            if (name.getDomain().startsWith("java.") || name.getDomain().startsWith("JMImplementation")) {
                continue;
            }
            try {
                for (MBeanAttributeInfo attribute : server.getMBeanInfo(name).getAttributes()) {
                    text.append(name).append(' ').append(attribute.getName()).append('=');
                    text.append(value(server, name, attribute.getName())).append('\n');
                }
            } catch (InstanceNotFoundException e) {
                text.append(name).append(" is gone\n");
            }
        }
        return text.toString();
    }

    private static Object value(MBeanServer server, ObjectName name, String attribute) {
        try {
            Object value = server.getAttribute(name, attribute);
            return value instanceof Object[] array ? Arrays.deepToString(array) : value;
        } catch (JMException | RuntimeException e) {
            return e;
        }
    }

    /** Every row of the lake, read in another process: the sink is in this one. */
    static String rows(Home home) {
        return Child.run(Canary.class, Map.of(), home.dir().toString())
                .succeeded()
                .out();
    }

    /** Prints the rows of the lake in a directory. */
    public static void main(String[] arguments) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        out.print(print(Home.of(Path.of(arguments[0]))));
        out.flush();
    }

    private static String print(Home home) {
        StringBuilder text = new StringBuilder();
        try (Lake lake = Lake.open(home)) {
            for (String name : lake.tables()) {
                int dot = name.lastIndexOf('.');
                Lake.Snapshot table = lake.table(name.substring(0, dot), name.substring(dot + 1));
                text.append(name).append(table.columns()).append('\n');
                table.forEach(values -> {
                    for (Object value : values) {
                        text.append(
                                        value instanceof java.nio.ByteBuffer buffer
                                                ? HexFormat.of().formatHex(buffer.array())
                                                : value)
                                .append('|');
                    }
                    text.append('\n');
                    return true;
                });
            }
        }
        return text.toString();
    }
}

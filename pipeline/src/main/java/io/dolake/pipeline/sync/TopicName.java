/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The topic of a table, as the source connector names it: {@code schemas/SPEC.md}, section 10.3. */
final class TopicName {
    static final String PREFIX = "dosql.";

    /** Kafka's limit. */
    private static final int MAX_LENGTH = 249;

    private static final int HASH_BYTES = 16;

    private TopicName() {}

    /** @param table {@code database.table}; a database has no dot in its name */
    static String of(String table) {
        int dot = table.indexOf('.');
        String base = PREFIX + table.substring(0, dot + 1);
        String name = table.substring(dot + 1);
        String escaped = escaped(name);
        if (base.length() + escaped.length() <= MAX_LENGTH) {
            return base + escaped;
        }
        String end = "-xh" + hash(name) + "-";
        return base + escaped.substring(0, Math.max(0, MAX_LENGTH - base.length() - end.length())) + end;
    }

    private static String escaped(String name) {
        StringBuilder escaped = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i += Character.charCount(name.codePointAt(i))) {
            String character = Character.toString(name.codePointAt(i));
            boolean looksEscaped = name.startsWith("-x", i);
            if (character.matches("[A-Za-z0-9_-]") && !looksEscaped) {
                escaped.append(character);
            } else {
                escaped.append("-x")
                        .append(Integer.toHexString(name.codePointAt(i)))
                        .append('-');
            }
        }
        return escaped.toString();
    }

    private static String hash(String name) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256", e);
        }
    }
}

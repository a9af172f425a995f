/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import java.util.Locale;
import java.util.Random;

/** Names of a random workload, in quotes as they stand in SQL; some are odd, all are legal. */
final class QuotedNames {
    /** The column {@code name} of a list of objects, in quotes. */
    static final String COLUMN = "'\"' || replace(name, '\"', '\"\"') || '\"'";

    private static final String[] ODD = {
        "Ä", "ä", "K", "\u212A", "a b", "q\"", "(", "select", "--", "'", "Sqlit", "\uD83D\uDE00"
    };

    private QuotedNames() {}

    /** A name that no other object has that was named by this; but for the empty one, now and then. */
    static String next(Random random, int number) {
        if (random.nextInt(60) == 0) {
            return "\"\"";
        }
        String start = random.nextInt(3) > 0 ? "n" : ODD[random.nextInt(ODD.length)];
        return '"' + (start + number).replace("\"", "\"\"") + '"';
    }

    /** The same name in other letters; another one, where they are not of ASCII. */
    static String respelled(Random random, String quoted) {
        return random.nextBoolean() ? quoted.toUpperCase(Locale.ROOT) : quoted.toLowerCase(Locale.ROOT);
    }

    static String derived(String prefix, String quoted) {
        return '"' + prefix + quoted.substring(1);
    }

    /** The name as a text. */
    static String literal(String quoted) {
        String name = quoted.substring(1, quoted.length() - 1).replace("\"\"", "\"");
        return "'" + name.replace("'", "''") + "'";
    }

    /** Where the columns begin in a CREATE TABLE. */
    static int bodyOf(String sql) {
        boolean quoted = false;
        for (int i = 0; ; i++) {
            if (sql.charAt(i) == '"') {
                quoted = !quoted;
            } else if (sql.charAt(i) == '(' && !quoted) {
                return i;
            }
        }
    }
}

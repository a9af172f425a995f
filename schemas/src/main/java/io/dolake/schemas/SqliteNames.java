/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Comparator;

/**
 * Compares names of tables, columns and other objects as SQLite does: only ASCII letters are equal in upper and lower
 * case. {@code a} and {@code A} are one column, {@code ä} and {@code Ä} are two. Declared types and keywords follow the
 * same rule.
 *
 * <p>{@link String#equalsIgnoreCase} and {@link String#toLowerCase()} must not be used for such names: they treat two
 * names as one, and a Kelvin sign as a {@code k}.
 */
public final class SqliteNames {
    /** Orders names so that equal ones compare as 0, for sorted maps and sets. */
    public static final Comparator<String> ORDER = SqliteNames::compare;

    private static final String INTERNAL = "sqlite_";

    private SqliteNames() {}

    /** Whether both are one name. */
    public static boolean equal(String a, String b) {
        return a.length() == b.length() && matches(a, 0, b);
    }

    /** A key that is the same for all spellings of a name, for hash maps and sets. */
    public static String fold(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (isUpper(name.charAt(i))) {
                return foldFrom(name, i);
            }
        }
        return name;
    }

    /** Whether a name begins with this text, in upper or lower case. */
    public static boolean startsWith(String name, String start) {
        return name.length() >= start.length() && matches(name, 0, start);
    }

    /** Whether a text contains this one, in upper or lower case. */
    public static boolean contains(String text, String part) {
        for (int at = 0; at + part.length() <= text.length(); at++) {
            if (matches(text, at, part)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the object is SQLite's own: nobody else may use such a name. */
    public static boolean isInternal(String name) {
        return startsWith(name, INTERNAL);
    }

    private static boolean matches(String text, int at, String part) {
        for (int i = 0; i < part.length(); i++) {
            if (lower(text.charAt(at + i)) != lower(part.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        for (int i = 0; i < common; i++) {
            int order = lower(a.charAt(i)) - lower(b.charAt(i));
            if (order != 0) {
                return order;
            }
        }
        return a.length() - b.length();
    }

    private static String foldFrom(String name, int first) {
        char[] letters = name.toCharArray();
        for (int i = first; i < letters.length; i++) {
            letters[i] = lower(letters[i]);
        }
        return new String(letters);
    }

    private static char lower(char c) {
        return isUpper(c) ? (char) (c + ('a' - 'A')) : c;
    }

    private static boolean isUpper(char c) {
        return c >= 'A' && c <= 'Z';
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.auth;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Rights by pattern of database names. In a pattern {@code *} stands for any characters, also for none; everything else
 * stands for itself.
 */
record Rights(Map<String, Set<Right>> byPattern) {
    static final Rights ALL = new Rights(Map.of("*", EnumSet.of(Right.ADMIN)));
    static final Rights NONE = new Rights(Map.of());

    private static final Pattern PATTERN = Pattern.compile("[a-z0-9_*-]{1,63}");
    private static final int MAX_NAME = 63;
    private static final int MAX_PATTERNS = 1_000;

    /**
     * Reads rights as they stand in a key or a token: names of rights by pattern.
     *
     * @throws DoLakeException INVALID_ARGUMENT that says what is wrong
     */
    static Rights of(Map<String, List<String>> words) {
        if (words.size() > MAX_PATTERNS) {
            throw invalid("there are more than " + MAX_PATTERNS + " patterns");
        }
        Map<String, Set<Right>> rights = new LinkedHashMap<>();
        words.forEach((pattern, names) -> {
            if (!PATTERN.matcher(pattern).matches()) {
                throw invalid(
                        "a pattern has 1 to 63 of a-z, 0-9, '_', '-' and '*', unlike '" + shortened(pattern) + "'");
            }
            rights.put(pattern, rights(names));
        });
        return new Rights(rights);
    }

    private static Set<Right> rights(List<String> names) {
        Set<Right> rights = EnumSet.noneOf(Right.class);
        for (String name : names) {
            Right right = Right.of(name);
            if (right == null) {
                throw invalid("'" + shortened(name) + "' is not a right; there are " + Right.words());
            }
            rights.add(right);
        }
        return rights;
    }

    /** The names of rights by pattern, as they are written. */
    Map<String, List<String>> words() {
        Map<String, List<String>> words = new TreeMap<>();
        byPattern.forEach((pattern, rights) ->
                words.put(pattern, rights.stream().map(Right::word).toList()));
        return words;
    }

    boolean allow(Right wanted, String database) {
        for (Map.Entry<String, Set<Right>> entry : byPattern.entrySet()) {
            if (matches(entry.getKey(), database) && includes(entry.getValue(), wanted)) {
                return true;
            }
        }
        return false;
    }

    private static boolean includes(Set<Right> rights, Right wanted) {
        for (Right right : rights) {
            if (right.includes(wanted)) {
                return true;
            }
        }
        return false;
    }

    /** Without going back further than to the last {@code *}, so that no pattern takes long. */
    private static boolean matches(String pattern, String name) {
        if (name.length() > MAX_NAME) {
            return false;
        }
        int at = 0;
        int star = -1;
        int resume = 0;
        int i = 0;
        while (i < name.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                resume = i;
            } else if (at < pattern.length() && pattern.charAt(at) == name.charAt(i)) {
                at++;
                i++;
            } else if (star >= 0) {
                at = star + 1;
                i = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }

    private static String shortened(String text) {
        return text.length() > MAX_NAME ? text.substring(0, MAX_NAME) + "..." : text;
    }

    private static DoLakeException invalid(String reason) {
        return new DoLakeException(ErrorCode.INVALID_ARGUMENT, "Cannot use rights: " + reason);
    }
}

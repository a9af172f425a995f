/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that was probably meant, ignoring case. */
public final class Spelling {
    private Spelling() {}

    /**
     * The nearest of some names: at most a third of the letters away, and at least two edits may be; the first of those
     * that are equally near.
     */
    public static Optional<String> nearest(String name, Collection<String> names) {
        String best = null;
        int bestDistance = Math.max(2, name.length() / 3) + 1;
        for (String candidate : names) {
            int distance = distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Insertions, deletions, replacements and swaps of neighbours that turn one into the other. */
    public static int distance(String left, String right) {
        int[][] edits = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                boolean same = left.charAt(i - 1) == right.charAt(j - 1);
                int best = Math.min(edits[i - 1][j], edits[i][j - 1]) + 1;
                best = Math.min(best, edits[i - 1][j - 1] + (same ? 0 : 1));
                boolean swapped = i > 1
                        && j > 1
                        && left.charAt(i - 1) == right.charAt(j - 2)
                        && left.charAt(i - 2) == right.charAt(j - 1);
                edits[i][j] = swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
            }
        }
        return edits[left.length()][right.length()];
    }
}

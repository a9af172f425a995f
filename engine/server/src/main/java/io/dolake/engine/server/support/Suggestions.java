/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Spelling;
import java.util.List;
import java.util.Locale;

/** Finds the name that was probably meant, and adds it to an error. */
public final class Suggestions {
    /** Longer names are not compared, since the time grows with the square of their length. */
    private static final int MAX_LENGTH = 200;

    private Suggestions() {}

    /**
     * The nearest name, with at most two edits and fewer edits than half of its letters; null if there is none, or the
     * name is too long.
     */
    public static String nearest(String name, List<String> names) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        String best = null;
        int bestDistance = Math.min(2, (name.length() - 1) / 2) + 1;
        for (String candidate : names) {
            if (Math.abs(candidate.length() - name.length()) >= bestDistance) {
                continue;
            }
            int distance = Spelling.distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** Adds the name that was probably meant to an error; the error is unchanged if that is null. */
    public static DoLakeException add(DoLakeException error, String suggestion) {
        return suggestion == null
                ? error
                : error.withHint("Did you mean " + suggestion + "?").withDetail("suggestion", suggestion);
    }
}

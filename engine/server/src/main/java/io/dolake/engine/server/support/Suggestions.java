/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.Spelling;
import java.util.List;
import java.util.Locale;

/** Finds the name that was probably meant, and says so in an error. */
public final class Suggestions {
    /** Longer names are not compared: that takes the square of their length. */
    private static final int MAX_LENGTH = 200;

    private Suggestions() {}

    /** The nearest name, at most two edits away and fewer than half of its letters; null if none is, or it is long. */
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

    /** The error with the name that was probably meant; as it is if that is null. */
    public static DoLakeException add(DoLakeException error, String suggestion) {
        return suggestion == null
                ? error
                : error.withHint("Did you mean " + suggestion + "?").withDetail("suggestion", suggestion);
    }
}

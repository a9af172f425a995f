/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.NullOrder;
import org.apache.iceberg.SortDirection;

/** An item of a sort order: {@code created desc}, {@code bucket(id, 16) asc nulls last}. */
record SortItem(LayoutTerm term, SortDirection direction, NullOrder nulls) {
    private static final Pattern ITEM = Pattern.compile(
            "(?<term>.+?)(\\s+(?<direction>asc|desc))?(\\s+nulls\\s+(?<nulls>first|last))?", Pattern.CASE_INSENSITIVE);

    /**
     * Parses an item; {@link IllegalArgumentException} if it is invalid. Nulls come first if the order is ascending.
     */
    static SortItem parse(String text) {
        Matcher item = ITEM.matcher(text.strip());
        if (!item.matches()) {
            throw new IllegalArgumentException("'" + text.strip() + "' is not a column [asc|desc] [nulls first|last]");
        }
        boolean isDescending = "desc".equals(lower(item.group("direction")));
        String nulls = item.group("nulls") == null ? (isDescending ? "last" : "first") : lower(item.group("nulls"));
        return new SortItem(
                LayoutTerm.parse(item.group("term")),
                isDescending ? SortDirection.DESC : SortDirection.ASC,
                nulls.equals("first") ? NullOrder.NULLS_FIRST : NullOrder.NULLS_LAST);
    }

    private static String lower(String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
}

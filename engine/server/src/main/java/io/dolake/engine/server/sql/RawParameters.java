/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.schemas.RawText;
import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Parameters that are texts which are not well-formed. The driver binds text from a String only, so their bytes are
 * bound as a blob and the statement casts it back to text, which keeps every byte in every encoding.
 */
final class RawParameters {
    private RawParameters() {}

    /** The statement to run with these values. */
    static String sql(String sql, List<Object> values) {
        for (Object value : values) {
            if (value instanceof RawText) {
                return cast(sql, values);
            }
        }
        return sql;
    }

    private static String cast(String sql, List<Object> values) {
        StringBuilder text = new StringBuilder();
        SqlScanner scanner = new SqlScanner(sql);
        Map<String, Integer> named = new HashMap<>();
        int count = 0;
        int copied = 0;
        for (Token token = scanner.next(); token != Token.END; token = scanner.next()) {
            if (token != Token.PARAMETER) {
                continue;
            }
            String name = scanner.text();
            int index;
            if (name.length() > 1 && name.charAt(0) == '?') {
                index = Integer.parseInt(name.substring(1)); // within the number of values, which was counted from it
            } else {
                Integer known = name.equals("?") ? null : named.get(name);
                index = known != null ? known : count + 1;
                named.put(name, index);
            }
            count = Math.max(count, index);
            if (values.get(index - 1) instanceof RawText) {
                text.append(sql, copied, scanner.start())
                        .append("CAST(")
                        .append(name)
                        .append(" AS TEXT)");
                copied = scanner.end();
            }
        }
        return text.append(sql, copied, sql.length()).toString();
    }
}

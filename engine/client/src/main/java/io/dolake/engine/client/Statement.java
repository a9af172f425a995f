/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A statement and its parameters by position: Long, Integer, Double, String, RawText, byte[], Boolean or null.
 *
 * @param sql one statement
 * @param params may hold nulls
 */
public record Statement(String sql, List<Object> params) {

    public static Statement of(String sql, Object... params) {
        return new Statement(sql, Collections.unmodifiableList(Arrays.asList(params)));
    }
}

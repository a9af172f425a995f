/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import io.dolake.schemas.ColumnSchema.Generated;
import java.util.List;

/** Table schemas for tests. */
final class Tables {
    private Tables() {}

    static ColumnSchema column(String name, String type, int key, Object defaultValue) {
        return new ColumnSchema(name, type, key > 0, key, Generated.NO, defaultValue);
    }

    static TableSchema table(TextEncoding encoding, int rowidAlias, ColumnSchema... columns) {
        return new TableSchema(
                "t", List.of(columns), false, false, rowidAlias, encoding, new Lsn(7), "CREATE TABLE t(...)");
    }

    static TableSchema withoutRowid(ColumnSchema... columns) {
        return new TableSchema(
                "w", List.of(columns), true, true, -1, TextEncoding.UTF_8, Lsn.ZERO, "CREATE TABLE w(...)");
    }

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}

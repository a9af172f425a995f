/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.wal.SchemaSource.SchemaRow;
import io.dolake.schemas.TextEncoding;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqliteSchemaSourceTest {

    @Test
    void describesATableThroughTheEnginesOwnSqlite() {
        SchemaRow row = new SchemaRow("table", "t", "t", 2, "CREATE TABLE t(id INTEGER PRIMARY KEY, a DEFAULT 1.5)");
        var tables = new SqliteSchemaSource().describe(List.of(row), TextEncoding.UTF_16LE);
        assertThat(tables.get("t").rowidAlias()).isZero();
        assertThat(tables.get("t").encoding()).isEqualTo(TextEncoding.UTF_16LE);
        assertThat(tables.get("t").columns().get(1).defaultValue()).isEqualTo(1.5);
    }
}

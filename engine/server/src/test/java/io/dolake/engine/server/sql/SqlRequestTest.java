/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.engine.server.json.JsonReader;
import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.schemas.DoLakeException;
import org.junit.jupiter.api.Test;

class SqlRequestTest {
    private final SqlRequest.LastText last = new SqlRequest.LastText();

    private SqlText read(String sql) {
        return SqlRequest.read(JsonReader.object("{\"sql\": \"" + sql + "\"}"), last)
                .text();
    }

    @Test
    void sameTextIsReadOnce() {
        assertThat(read("DELETE FROM t")).isSameAs(read("DELETE FROM t"));
        assertThat(read("DELETE FROM u").sql()).isEqualTo("DELETE FROM u");
        assertThat(read("DELETE FROM t").sql()).isEqualTo("DELETE FROM t");
    }

    @Test
    void refusedTextIsRefusedEachTimeAndNotKept() {
        SqlText kept = read("DELETE FROM t");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> read("DELETE FROM t; DELETE FROM u")).isInstanceOf(DoLakeException.class);
        }
        assertThat(read("DELETE FROM t")).isSameAs(kept);
    }

    @Test
    void longTextDoesNotStay() {
        String text = "DELETE FROM t -- " + "x".repeat(20_000);
        assertThat(read(text)).isNotSameAs(read(text)).isEqualTo(read(text));
    }
}

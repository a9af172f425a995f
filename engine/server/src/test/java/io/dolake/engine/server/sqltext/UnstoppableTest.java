/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.sql.SchemaTrust;
import io.dolake.engine.server.sqlite.Sqlite;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnstoppableTest {
    private static final int MOST = 64 << 20;

    private static Unstoppable of(String sql, Object... parameters) {
        return SqlText.of(sql).unstoppable().with(Arrays.asList(parameters));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '^', textBlock = """
            select a from t                                     ! 0 ! 50
            select a from t where a like 'x%'                   ! 1 ! 50
            select a from t where a not like 'x%' escape '_'    ! 1 ! 50
            select a from t where a like 'x%' || b              ! 1 ! 1000
            select a from t where a like b                      ! 1 ! 1000
            select a from t where a like ('x')                  ! 1 ! 1000
            select a from t where like(b, a)                    ! 1 ! 1000
            select a from t where "glob"(b, a)                  ! 1 ! 1000
            select a from t where a GLOB 'x*' or b LIKE 'y'     ! 2 ! 50
            select a from t where a like /* || */ 'x%' -- ||    ! 1 ! 50
            select 'like', "like", [glob] from t                ! 0 ! 50
            create view v as select a from t where a glob b     ! 1 ! 1000
            """)
    void patternsAreCounted(String sql, int patterns, int bytes) {
        Unstoppable found = of(sql);
        assertThat(found.patterns()).isEqualTo(patterns);
        assertThat(found.maxPatternBytes()).isEqualTo(bytes);
    }

    @Test
    void aLongPatternIsTakenWithSmallerValuesOnly() {
        String literal = "%" + "x".repeat(398) + "%";
        assertThat(of("select a from t where a like '" + literal + "'").maxPatternBytes())
                .isBetween(400, 402);
        assertThat(of("select a from t where a like ?", literal).maxPatternBytes())
                .isEqualTo(400);
        assertThat(of("select a from t where a like ?", "ä".repeat(200)).maxPatternBytes())
                .isEqualTo(400);
        assertThat(of("select a from t where a like ?", "short").maxValueBytes(MOST))
                .isEqualTo(MOST);
        assertThat(of("select a from t where a like ?", literal).maxValueBytes(MOST))
                .isEqualTo(MOST / 8);
        assertThat(of("select a from t where a like b").maxValueBytes(MOST)).isEqualTo(MOST / 20);
        assertThat(of("select a from t where a like b").maxValueBytes(1 << 20)).isEqualTo(1 << 20);
        assertThat(of("select 1 where 'a' like 'b'" + " or 'a' like 'b'".repeat(99))
                        .maxValueBytes(MOST))
                .isEqualTo(MOST / 100);
        assertThat(of("select json_patch(a, b) from t").maxValueBytes(MOST)).isEqualTo(128 << 10);
    }

    /** What statements reach through the schema counts too, whether the file brought it or a user made it. */
    @Test
    void theSchemaCounts() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
            Sqlite.execute(connection, "create table t(a check (a glob '[0-9a-f]*'), b)");
            assertThat(SchemaTrust.of(connection).unstoppable().maxValueBytes(MOST))
                    .isEqualTo(MOST);
            Sqlite.execute(connection, "create view v as select a like b x from t");
            SchemaTrust trust = SchemaTrust.of(connection);
            assertThat(trust.isHarmless()).isTrue();
            assertThat(trust.unstoppable().maxValueBytes(MOST)).isEqualTo(MOST / 20);
            assertThat(of("select 1").and(trust.unstoppable()).maxPatternBytes())
                    .isEqualTo(1_000);
            trust.learn(SqlText.of("create trigger g after insert on t begin select json_patch(new.a, new.b); end"));
            assertThat(trust.unstoppable().maxValueBytes(MOST)).isEqualTo(128 << 10);
            assertThat(trust.unstoppable()).isNotEqualTo(Unstoppable.NOTHING);
        }
        SchemaTrust fresh = new SchemaTrust();
        for (String sql : List.of("insert into t select json_patch(a, b) from t", "select a like b from t")) {
            fresh.learn(SqlText.of(sql));
        }
        assertThat(fresh.unstoppable()).isEqualTo(Unstoppable.NOTHING);
    }
}

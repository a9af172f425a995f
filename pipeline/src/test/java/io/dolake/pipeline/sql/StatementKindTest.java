/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementKindTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            select * from t                                  | QUERY
            /* x */ -- y \\n VALUES (1)                      | QUERY
            WITH a(x) AS (SELECT 1) SELECT * FROM a          | QUERY
            WITH a AS (SELECT 1) INSERT INTO b SELECT 1      | OTHER
            EXPLAIN QUERY PLAN DELETE FROM t                 | QUERY
            INSERT INTO t SELECT 1                           | OTHER
            begin immediate                                  | BEGIN
            COMMIT                                           | END
            END TRANSACTION                                  | END
            ROLLBACK                                         | END
            ROLLBACK TO one                                  | OTHER
            ROLLBACK TRANSACTION TO SAVEPOINT one            | OTHER
            PRAGMA table_info(t)                             | OTHER
            """)
    void readsTheFirstWords(String sql, StatementKind kind) {
        assertThat(StatementKind.of(sql.replace("\\n", "\n"))).isEqualTo(kind);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.sql.SqlScanner.Token;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlScannerTest {

    private static List<String> split(String sql) {
        List<String> tokens = new ArrayList<>();
        SqlScanner scanner = new SqlScanner(sql);
        while (scanner.next() != Token.END) {
            tokens.add(scanner.token() + " " + scanner.text());
        }
        return tokens;
    }

    @Test
    void splitsAsSqliteDoes() {
        assertThat(split("select a$1,\"b\"\"c\" from [d];"))
                .containsExactly(
                        "WORD select",
                        "WORD a$1",
                        "OTHER ,",
                        "QUOTED_NAME \"b\"\"c\"",
                        "WORD from",
                        "QUOTED_NAME [d]",
                        "SEMICOLON ;");
        assertThat(split("1e+5 .5 ? ?12 :a @b $c $c(d)"))
                .containsExactly(
                        "NUMBER 1e+5",
                        "NUMBER .5",
                        "PARAMETER ?",
                        "PARAMETER ?12",
                        "PARAMETER :a",
                        "PARAMETER @b",
                        "PARAMETER $c",
                        "TCL_PARAMETER $c",
                        "OTHER (",
                        "WORD d",
                        "OTHER )");
    }

    @Test
    void skipsSpaceAndComments() {
        assertThat(split("\uFEFF-- 'a\n/* \" */ x /* never ends")).containsExactly("WORD x");
        assertThat(split(" \t\r\n\f")).isEmpty();
    }

    @Test
    void seesWhatIsNotClosed() {
        assertThat(split("'a''")).containsExactly("UNTERMINATED 'a''");
        assertThat(split("[a")).containsExactly("UNTERMINATED [a");
    }

    @Test
    void blobsHaveNoDoubledQuotes() {
        assertThat(split("x'00''a'")).containsExactly("BLOB x'00'", "STRING 'a'");
    }

    @Test
    void namesAndKeywordsAreFoldedInAsciiOnly() {
        SqlScanner scanner = new SqlScanner("\"\u00e4a\"\"b\" selec\u00df");
        scanner.next();
        assertThat(scanner.name()).isEqualTo("\u00e4A\"B");
        assertThat(scanner.keyword()).isEmpty();
        scanner.next();
        assertThat(scanner.keyword()).isEqualTo("SELEC\u00df");
    }
}

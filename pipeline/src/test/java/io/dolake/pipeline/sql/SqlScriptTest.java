/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SqlScriptTest {

    @Test
    void endsAStatementAtEachSemicolon() throws IOException {
        assertThat(split("SELECT 1; SELECT 2;")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void takesTheLastStatementWithoutASemicolon() throws IOException {
        assertThat(split("SELECT 1;\nSELECT 2\n")).containsExactly("SELECT 1", "SELECT 2");
    }

    @Test
    void leavesOutWhatIsEmptyOrComment() throws IOException {
        assertThat(split(";; -- nothing; here\n /* nor; here */ ;\n")).isEmpty();
    }

    @Test
    void keepsSemicolonsInsideQuotes() throws IOException {
        assertThat(split("SELECT 'a;b''c;', \"d;\", `e;`, [f;]; SELECT 2"))
                .containsExactly("SELECT 'a;b''c;', \"d;\", `e;`, [f;]", "SELECT 2");
    }

    @Test
    void keepsSemicolonsAndQuotesInsideComments() throws IOException {
        assertThat(split("SELECT 1 -- it's; one\n, 2 /* don't; */; SELECT 3"))
                .containsExactly("SELECT 1 -- it's; one\n, 2 /* don't; */", "SELECT 3");
    }

    @Test
    void readsATriggerUpToItsEnd() throws IOException {
        String trigger = "CREATE TRIGGER t AFTER INSERT ON a BEGIN\n"
                + "  UPDATE a SET x = CASE WHEN 1 THEN 2 END;\n  DELETE FROM b WHERE c = ';END;';\nEND;";
        assertThat(split(trigger + "\nSELECT 1;")).containsExactly(trigger, "SELECT 1");
    }

    @Test
    void readsATemporaryTriggerUpToItsEnd() throws IOException {
        String trigger = "create temp trigger if not exists t after insert on a begin select 1; end;";
        assertThat(split(trigger + "select 2")).containsExactly(trigger, "select 2");
    }

    @Test
    void doesNotTakeATableNamedTriggerForATrigger() throws IOException {
        assertThat(split("CREATE TABLE trigger_log(x); SELECT 1"))
                .containsExactly("CREATE TABLE trigger_log(x)", "SELECT 1");
    }

    @Test
    void endsATransactionStatementAtOnce() throws IOException {
        assertThat(split("BEGIN; SELECT 1; END; SELECT 2")).containsExactly("BEGIN", "SELECT 1", "END", "SELECT 2");
    }

    @Test
    void knowsTheLineOfTheFirstWordOfAStatement() throws IOException {
        SqlScript script = new SqlScript(new StringReader("SELECT 1;\n\n-- why\n  SELECT\n 2; SELECT 3"));
        assertThat(List.of(
                        script.next().line(),
                        script.next().line(),
                        script.next().line()))
                .containsExactly(1, 4, 5);
    }

    @Test
    void keepsAnUnfinishedQuoteForSqliteToReject() throws IOException {
        assertThat(split("SELECT 'a; SELECT 2;")).containsExactly("SELECT 'a; SELECT 2;");
    }

    private static List<String> split(String text) throws IOException {
        SqlScript script = new SqlScript(new StringReader(text));
        List<String> pieces = new ArrayList<>();
        for (SqlScript.Piece piece = script.next(); piece != null; piece = script.next()) {
            pieces.add(piece.sql());
        }
        return pieces;
    }
}

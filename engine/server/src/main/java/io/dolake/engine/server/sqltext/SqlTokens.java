/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sqltext;

import io.dolake.schemas.sql.SqlScanner;
import io.dolake.schemas.sql.SqlScanner.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Checks every token of a statement for forbidden functions, tables and clauses, wherever they stand: in a trigger or
 * view that is created, after EXPLAIN, as a quoted name. It does not parse; in cases of doubt it refuses. The schema of
 * an imported file is not checked here: for that, SQLite itself refuses functions and tables that it does not know to
 * be harmless ({@code trusted_schema}).
 */
final class SqlTokens {
    /**
     * Functions that users may not call. Those of the driver do not check sizes, recurse once per row or read beyond
     * their arguments; the others access the memory or the files of the process.
     */
    private static final Set<String> FUNCTIONS = Set.of(
            "PADL",
            "PADR",
            "PADC",
            "REPLICATE",
            "CHARINDEX",
            "LEFTSTR",
            "RIGHTSTR",
            "STRFILTER",
            "REVERSE",
            "PROPER",
            "DIFFERENCE",
            "MODE",
            "LOWER_QUARTILE",
            "UPPER_QUARTILE",
            "STDEV",
            "VARIANCE",
            "ATN2",
            "COT",
            "COTH",
            "SQUARE",
            "LOAD_EXTENSION",
            "FTS3_TOKENIZER",
            "FTS5",
            "RTREENODE",
            "RTREEDEPTH",
            "RTREECHECK",
            "SQLITE_LOG",
            "READFILE",
            "WRITEFILE",
            "EDIT");

    private static final Set<String> MODULES =
            Set.of("FTS3", "FTS4", "FTS5", "FTS5VOCAB", "FTS4AUX", "RTREE", "RTREE_I32");

    /** Words after which a name with parentheses is a table or a view, and not a call. */
    private static final Set<String> BEFORE_TABLES =
            Set.of("INTO", "TABLE", "EXISTS", "REFERENCES", "VIEW", "WITH", "RECURSIVE", "USING");

    /** Words with parentheses after them that are not calls. */
    private static final Set<String> NO_CALLS = Set.of(
            "AND",
            "OR",
            "NOT",
            "IN",
            "VALUES",
            "WHEN",
            "THEN",
            "ELSE",
            "ON",
            "WHERE",
            "HAVING",
            "BY",
            "SELECT",
            "FROM",
            "JOIN",
            "AS",
            "ALL",
            "UNION",
            "SET",
            "OVER",
            "FILTER",
            "CHECK",
            "KEY",
            "UNIQUE",
            "DEFAULT",
            "RETURNING");

    /** Suffixes of the names of the shadow tables of FTS and R*Tree. */
    private static final Set<String> SHADOW_ENDS = Set.of(
            "_DATA",
            "_IDX",
            "_CONTENT",
            "_DOCSIZE",
            "_CONFIG",
            "_SEGMENTS",
            "_SEGDIR",
            "_STAT",
            "_NODE",
            "_ROWID",
            "_PARENT");

    private final List<String> shadows = new ArrayList<>();
    private String verb = "";
    private String second = "";
    private Finding finding;
    private int calls;
    private boolean isIndex;
    private String previous = "";
    /** The token before, if it can be a name. */
    private String previousName = "";

    /** The word, dot or other character before that name. */
    private String beforeName = "";

    /** Whether the next name is a table that is written to, or its schema. */
    private boolean writesNext;

    private boolean wasTarget;

    private int patterns;
    private int patternBytes;
    private boolean patternByParameter;
    private boolean mergesJson;
    /** Tokens since LIKE or GLOB: the next token is the pattern, unless a concatenation follows it. */
    private int sinceMatch = Integer.MAX_VALUE;

    /**
     * A forbidden part of a statement.
     *
     * @param what its name in the error message
     */
    public record Finding(String what, String hint) {}

    /** Checks the next token. */
    void take(SqlScanner scanner, String keyword) {
        Token token = scanner.token();
        if (verb.isEmpty() || verb.equals("EXPLAIN")) {
            takeVerb(keyword);
        } else if (second.isEmpty()) {
            second = keyword.isEmpty() ? " " : keyword;
            isIndex = verb.equals("CREATE") && (second.equals("INDEX") || second.equals("UNIQUE"));
        }
        if (verb.equals("VACUUM") && keyword.equals("INTO")) {
            find("VACUUM INTO", "It would write a file on the server.");
        }
        if (scanner.is('(')) {
            parenthesis();
        }
        calls += scanner.is('|') && previous.equals("|") ? 1 : 0;
        takePattern(scanner, keyword);
        writesNext |= wasTarget && scanner.is('.');
        wasTarget = false;
        boolean isName = token == Token.WORD || token == Token.QUOTED_NAME || token == Token.STRING;
        String name = isName ? token == Token.WORD ? keyword : scanner.name() : "";
        if (isName) {
            takeModule(name);
            takeTarget(name, keyword);
        }
        beforeName = isName ? previous : "";
        previousName = name;
        previous = token == Token.WORD ? keyword : token == Token.OTHER ? scanner.text() : " ";
    }

    private void takeVerb(String keyword) {
        if (keyword.equals("ATTACH") || keyword.equals("DETACH")) {
            find(
                    verb.isEmpty() ? keyword : "EXPLAIN " + keyword,
                    "Each database has its own sessions; read from both and combine in the client.");
        }
        if (!keyword.equals("QUERY") && !keyword.equals("PLAN")) {
            verb = keyword.isEmpty() ? " " : keyword;
        }
    }

    private void parenthesis() {
        if (previousName.isEmpty()) {
            return;
        }
        boolean isTable =
                BEFORE_TABLES.contains(beforeName) || beforeName.equals(".") || isIndex && beforeName.equals("ON");
        calls += isTable || NO_CALLS.contains(previousName) ? 0 : 1;
        mergesJson |= previousName.equals("JSON_PATCH") || previousName.equals("JSONB_PATCH");
        if (previousName.equals("LIKE") || previousName.equals("GLOB")) {
            patternBytes = Unstoppable.MAX_PATTERN_BYTES;
            // A plain word was already counted when it was read.
            patterns += sinceMatch == 0 ? 0 : 1;
        }
        if (!isTable && FUNCTIONS.contains(previousName)) {
            find(
                    "function " + previousName.toLowerCase(Locale.ROOT) + "()",
                    "It is not one of SQLite's own functions for statements, and does not check its arguments.");
        }
    }

    /** Assumes the largest length for a pattern that is neither a literal nor a parameter. */
    private void takePattern(SqlScanner scanner, String keyword) {
        if (sinceMatch < 2) {
            sinceMatch++;
        }
        if (sinceMatch == 1) {
            switch (scanner.token()) {
                case STRING -> patternBytes = Math.max(patternBytes, Unstoppable.utf8Bytes(scanner.text()));
                case PARAMETER -> patternByParameter = true;
                default -> patternBytes = Unstoppable.MAX_PATTERN_BYTES;
            }
        } else if (sinceMatch == 2) {
            sinceMatch = Integer.MAX_VALUE;
            if (scanner.is('|')) {
                patternBytes = Unstoppable.MAX_PATTERN_BYTES;
            }
        }
        if (keyword.equals("LIKE") || keyword.equals("GLOB")) {
            patterns++;
            sinceMatch = 0;
        }
    }

    /** Notes LIKE, GLOB and other calls that cannot be interrupted. */
    Unstoppable unstoppable() {
        return patterns == 0 && !mergesJson
                ? Unstoppable.NOTHING
                : new Unstoppable(patterns, patternBytes, patternByParameter, mergesJson);
    }

    private void takeModule(String name) {
        boolean isModule = previous.equals("USING") && verb.equals("CREATE") && second.equals("VIRTUAL");
        if (isModule && !MODULES.contains(name)) {
            find(
                    "CREATE VIRTUAL TABLE of this module",
                    "Modules are fts3, fts4, fts5 with their vocabularies, and rtree.");
        }
    }

    /** Notes the names of tables that are written to: after INTO, UPDATE, DELETE FROM, and in DROP and ALTER TABLE. */
    private void takeTarget(String name, String keyword) {
        switch (keyword) {
            case "INTO", "UPDATE" -> {
                writesNext = true;
                return;
            }
            case "FROM" -> {
                writesNext = previous.equals("DELETE");
                return;
            }
            // A trigger or an index.
            case "ON" -> {
                writesNext = verb.equals("CREATE");
                return;
            }
            case "TABLE" -> {
                writesNext = verb.equals("DROP") || verb.equals("ALTER");
                return;
            }
            // UPDATE OR word, TABLE IF EXISTS
            case "OR", "REPLACE", "ROLLBACK", "ABORT", "FAIL", "IGNORE", "IF", "EXISTS" -> {
                if (writesNext) {
                    return;
                }
            }
            default -> {}
        }
        if (writesNext) {
            wasTarget = true;
            int end = name.lastIndexOf('_');
            if (end > 0 && SHADOW_ENDS.contains(name.substring(end))) {
                shadows.add(name);
            }
        }
        writesNext = false;
    }

    private void find(String what, String hint) {
        if (finding == null) {
            finding = new Finding(what, hint);
        }
    }

    String verb() {
        return verb;
    }

    /** Counts functions and concatenations, each of which may make a value of the largest size. */
    int calls() {
        return calls;
    }

    Finding finding() {
        return finding;
    }

    List<String> shadows() {
        return shadows.isEmpty() ? List.of() : List.copyOf(shadows);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static io.dolake.pipeline.contagion.Fault.Scope.OWN_TABLE;
import static io.dolake.pipeline.contagion.Fault.Scope.TABLE;

import io.dolake.engine.client.Statement;
import io.dolake.schemas.ErrorCode;
import java.util.List;

/** Odd rows, names and definitions: lines A1, A2, A4 to A6, A8, B3, B4, B14. All that SQLite allows is carried. */
final class RowFaults {
    private RowFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.of("A1 column dropped and added", TABLE, site -> {
                    site.transaction("ALTER TABLE $T ADD COLUMN c" + site.number() + " TEXT DEFAULT 'old'");
                    site.mark();
                    site.transaction(
                            "ALTER TABLE $T DROP COLUMN c" + site.number(),
                            "ALTER TABLE $T ADD COLUMN c" + site.number() + " TEXT DEFAULT 'new'");
                    site.mark();
                }),
                Fault.of("A2 expressions as defaults", TABLE, site -> {
                    String column = "ALTER TABLE $T ADD COLUMN d" + site.number();
                    site.sql(
                            column + "a INTEGER DEFAULT (CAST('12' AS INTEGER))",
                            column + "b DEFAULT (-(-5))",
                            column + "c DEFAULT (5 -- note\n)");
                    site.mark();
                }),
                Fault.of(
                        "A4 text that is not well-formed in keys",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(k TEXT PRIMARY KEY, v TEXT)",
                                "INSERT INTO $T VALUES (CAST(x'ff' AS TEXT), 'a'), (CAST(x'fe' AS TEXT), CAST(x'c3' AS TEXT)),"
                                        + " (char(65533), 'c')",
                                "UPDATE $T SET v = v || 'x' WHERE k = CAST(x'ff' AS TEXT)")),
                Fault.of(
                        "A5 names that differ in a letter outside ASCII",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(\"\u00e4\" TEXT PRIMARY KEY, \"\u00c4\" TEXT, k INTEGER, \"\u212a\" INTEGER)",
                                "INSERT INTO $T VALUES ('small', 'capital', 1, 2)")),
                Fault.of(
                        "A6 empty column name",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(id INTEGER PRIMARY KEY, \"\" TEXT, \" \" TEXT)",
                                "INSERT INTO $T VALUES (1, 'empty', 'blank')")),
                Fault.of("A6 table without a name", OWN_TABLE, site -> {
                            site.sickensTheNameless();
                            site.sql(
                                    "CREATE TABLE \"\"(id INTEGER PRIMARY KEY, v)", "INSERT INTO \"\" VALUES (1, 'x')");
                        })
                        .sick(ErrorCode.INVALID_CONFIGURATION)
                        .curedBy(site -> site.sql("ALTER TABLE \"\" RENAME TO $T"))
                        .notResumed(),
                Fault.of("A8 column renamed in its case", TABLE, site -> {
                    site.sql("ALTER TABLE $T RENAME COLUMN v TO V");
                    site.mark();
                }),
                Fault.of("A8 table renamed", OWN_TABLE, site -> {
                    site.sql(
                            "CREATE TABLE before_$T(id INTEGER PRIMARY KEY, v)",
                            "INSERT INTO before_$T VALUES (1, 'x')",
                            "ALTER TABLE before_$T RENAME TO $T",
                            "INSERT INTO $T VALUES (2, 'y')");
                }),
                Fault.of(
                        "A table dropped and made with another key",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(id INTEGER PRIMARY KEY, v)",
                                "INSERT INTO $T VALUES (1, 'x'), (2, 'y')",
                                "DROP TABLE $T",
                                "CREATE TABLE $T(a TEXT, b BLOB, v, PRIMARY KEY (a, b)) WITHOUT ROWID",
                                "INSERT INTO $T VALUES ('a', x'00', 1), ('a', x'01', 2)")),
                Fault.of(
                        "B3 NULL in a key",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(k TEXT PRIMARY KEY, v)",
                                "INSERT INTO $T VALUES (NULL, 'x'), (NULL, 'x'), ('a', 'y')",
                                "UPDATE $T SET v = 'z' WHERE rowid = 2",
                                "UPDATE $T SET k = NULL WHERE k = 'a'")),
                Fault.of(
                        "B3 every storage class in a key",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(k PRIMARY KEY, v) WITHOUT ROWID",
                                "INSERT INTO $T VALUES (1, 'i'), ('1', 't'), (1.5, 'r'), ('1.5', 't'), (x'31', 'b'), (9e999, '+')",
                                "DELETE FROM $T WHERE k = '1'")),
                Fault.of(
                        "B3 infinity in a REAL key",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(k REAL PRIMARY KEY, v REAL) WITHOUT ROWID",
                                "INSERT INTO $T VALUES (9e999, -9e999), (-9e999, 1), (1, 9e999)")),
                Fault.of(
                        "B3 text in an INTEGER key",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(a TEXT NOT NULL, code INTEGER_OR_TEXT NOT NULL, v, PRIMARY KEY (a, code))",
                                "INSERT INTO $T VALUES ('EPSG', 1, 'one'), ('NKG', 'two', 'text')",
                                "UPDATE $T SET code = 'one' WHERE code = 1")),
                Fault.of(
                        "B3 columns with names of ours",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(\"_rowid_\" TEXT, \"_RESCUED_DATA\" INTEGER, \"_rescued_key\" TEXT)",
                                "INSERT INTO $T VALUES ('r', 'misfit', 'k')")),
                Fault.of(
                        "B3 columns with names of Debezium's and the lake's",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(op TEXT PRIMARY KEY, source TEXT, before TEXT, \"__deleted\" TEXT,"
                                        + " \"_pos\" INTEGER, \"a.b\" TEXT)",
                                "INSERT INTO $T VALUES ('d', 's', 'b', 'true', 1, 'dot')")),
                Fault.of(
                        "B3 values that are no strict table's",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(k ANY PRIMARY KEY, t TEXT NOT NULL, r REAL NOT NULL) STRICT",
                                "INSERT INTO $T VALUES (1, 'a', 1), ('1', CAST(x'c328' AS TEXT), 9e999), (x'00', '', -9e999)")),
                Fault.of("B4 topic of another table", OWN_TABLE, RowFaults::sameTopic)
                        .sick(ErrorCode.INVALID_CONFIGURATION)
                        .curedBy(site -> site.world()
                                .engine()
                                .exec(site.sickDatabase(), Statement.of("ALTER TABLE odd RENAME TO fine")))
                        .notResumed(),
                Fault.of(
                        "B large values",
                        OWN_TABLE,
                        site -> site.sql(
                                "CREATE TABLE $T(id INTEGER PRIMARY KEY, b BLOB, t TEXT)",
                                "INSERT INTO $T VALUES (1, zeroblob(18000000), NULL), (2, NULL, hex(zeroblob(11000000)))",
                                "INSERT INTO $T VALUES (3, x'00', 'small')",
                                "UPDATE $T SET t = 'changed' WHERE id = 1")),
                Fault.of("B6 databases while others stream", OWN_TABLE, RowFaults::newDatabases),
                Fault.of("A VACUUM of a table without a key", OWN_TABLE, site -> {
                    site.sql(
                            "CREATE TABLE $T(v)",
                            "INSERT INTO $T VALUES (1), (2), (3), (4)",
                            "DELETE FROM $T WHERE v = 2",
                            "VACUUM",
                            "INSERT INTO $T VALUES (5)");
                }));
    }

    /** Kafka cannot tell the metrics of {@code dosql.db0.more1_odd} from those of {@code dosql.db0_more1.odd}. */
    private static void sameTopic(Site site) {
        String more = "more" + site.number();
        site.sql(
                "CREATE TABLE " + more + "_odd(id INTEGER PRIMARY KEY, v)",
                "INSERT INTO " + more + "_odd VALUES (1, 'first')");
        site.world().awaitLakeTable(site.database(), more + "_odd");
        String other = site.database() + "_" + more;
        site.sickens(other, "odd");
        site.world().engine().create(other);
        site.world().alsoHas(other);
        for (String sql :
                List.of("CREATE TABLE odd(id INTEGER PRIMARY KEY, v)", "INSERT INTO odd VALUES (2, 'second')")) {
            site.world().engine().exec(other, Statement.of(sql));
        }
    }

    private static void newDatabases(Site site) {
        site.sql("CREATE TABLE $T(id INTEGER PRIMARY KEY, v)", "INSERT INTO $T VALUES (1, 'x')");
        for (int i = 0; i < 3; i++) {
            String name = "new" + site.number() + "-" + i;
            site.world().create(name);
            site.world().alsoHas(name);
        }
    }
}

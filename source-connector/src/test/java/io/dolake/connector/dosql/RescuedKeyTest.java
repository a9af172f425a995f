/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static io.dolake.connector.dosql.Fixtures.table;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.debezium.relational.TableId;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RawText;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.Test;

/** B3: keys that SQLite allows. */
class RescuedKeyTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DoSqlDatabaseSchema schema = Fixtures.schema(Fixtures.config());
    private final JsonConverter converter = new JsonConverter();

    RescuedKeyTest() {
        converter.configure(Map.of("schemas.enable", "true"), true);
    }

    /** What leaves of a row. */
    private record Sent(Schema keySchema, Struct key, Struct value, String keyBytes) {}

    private Sent send(DoSqlDatabaseSchema schemas, TableSchema table, long rowid, Object... values) {
        TableId id = new TableId(Fixtures.DATABASE, null, table.name());
        schemas.apply(Fixtures.DATABASE, table);
        Object[] row = schemas.row(id, values, rowid);
        io.debezium.relational.TableSchema inForce = schemas.schemaFor(id);
        io.debezium.relational.TableSchema ofRow = inForce instanceof TwoKeySchema two ? two.of(row) : inForce;
        Struct key = ofRow.keyFromColumnData(row);
        key.validate();
        Struct value = ofRow.valueFromColumnData(row);
        value.validate();
        String bytes = new String(converter.fromConnectData("topic", ofRow.keySchema(), key), UTF_8);
        return new Sent(ofRow.keySchema(), key, value, bytes);
    }

    private Sent send(TableSchema table, long rowid, Object... values) {
        return send(schema, table, rowid, values);
    }

    @Test
    void aRowWithNullInItsKeyIsKnownByItsRowid() {
        TableSchema table = table("t", 1, "k TEXT PK", "v TEXT");
        Sent one = send(table, 3, null, "x");
        Sent other = send(table, 4, null, "x");
        assertThat(one.key().schema().fields()).extracting(Field::name).containsExactly("k", "_rescued_key");
        assertThat(one.key().get("k")).isNull();
        assertThat(one.key().get("_rescued_key")).isEqualTo("{\"rowid\":3}");
        assertThat(other.key().get("_rescued_key")).isEqualTo("{\"rowid\":4}");
        assertThat(one.value().get("v")).isEqualTo("x");
        assertThat(one.value().get("_rescued_key")).isEqualTo("{\"rowid\":3}");
        assertThat(one.value().schema().field("_rescued_data")).isNull();
    }

    @Test
    void ordinaryRowsKeepTheirKeyByteForByte() {
        TableSchema table = table("t", 1, "code INTEGER_OR_TEXT PK", "name TEXT PK", "v TEXT");
        Sent before = send(table, 1, 7L, "n", "x");
        Sent odd = send(table, 2, "EPSG", "n", "y");
        Sent after = send(table, 1, 7L, "n", "x");
        assertThat(odd.value().schema().field("code").schema().isOptional()).isTrue();
        assertThat(after.keyBytes()).isEqualTo(before.keyBytes());
        assertThat(after.keySchema()).isEqualTo(before.keySchema());
        assertThat(after.keySchema().field("code").schema().isOptional()).isFalse();
        assertThat(after.value().get("_rescued_key")).isNull();
        assertThat(odd.key().get("name")).isEqualTo("n");
        assertThat(odd.key().get("_rescued_key")).isEqualTo("{\"key\":{\"code\":\"EPSG\"}}");
        assertThat(odd.value().get("_rescued_data")).isEqualTo("{\"code\":\"EPSG\"}");
    }

    @Test
    void aKeyColumnNamedRowidIsNotTakenForTheRowid() {
        TableSchema table = table("t", 1, "rowid BOOLEAN PK", "v TEXT");
        assertThat(send(table, 5, 7L, "x").keyBytes())
                .isNotEqualTo(send(table, 7, null, "x").keyBytes());
    }

    /** The text of a number beside the number, in a key without type: one value for the column, two rows. */
    @Test
    void numbersAndTheirTextsAreTwoKeys() {
        TableSchema table = table("t", 1, "k  PK");
        Set<String> keys = new HashSet<>();
        for (Object value : Arrays.asList(42L, "42", 42.5, "42.5", "42.50", new byte[] {52, 50}, null)) {
            keys.add(send(table, 1, value).keyBytes());
        }
        assertThat(keys).hasSize(7);
    }

    @Test
    void aKeyThatASettingNamesIsRescuedToo() {
        DoSqlDatabaseSchema named = Fixtures.schema(Fixtures.config("message.key.columns", "shop.t:n"));
        TableSchema table = table("t", 1, "id INTEGER PK", "n INTEGER");
        Sent plain = send(named, table, 0, 1L, 10L);
        Sent odd = send(named, table, 0, 2L, "ten");
        Sent other = send(named, table, 0, 3L, "eleven");
        assertThat(plain.key().schema().fields()).extracting(Field::name).containsExactly("n");
        assertThat(odd.key().get("_rescued_key")).isEqualTo("{\"key\":{\"n\":\"ten\"}}");
        assertThat(other.keyBytes()).isNotEqualTo(odd.keyBytes());
        assertThat(send(named, table, 0, 1L, 10L).keyBytes()).isEqualTo(plain.keyBytes());
    }

    @Test
    void maskedKeysAreRescuedMasked() {
        DoSqlDatabaseSchema masked =
                Fixtures.schema(Fixtures.config("column.mask.hash.v2.SHA-256.with.salt.pepper", "shop.t.k"));
        TableSchema table = table("t", 1, "k INTEGER PK", "v TEXT");
        Sent odd = send(masked, table, 9, "canary", "x");
        Sent raw = send(
                masked,
                table,
                9,
                new RawText("canary\u00ff".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)),
                "x");
        assertThat(odd.keyBytes() + odd.value()).doesNotContain("canary");
        assertThat(raw.keyBytes() + raw.value())
                .doesNotContain("canary", HexFormat.of().formatHex("canary".getBytes(UTF_8)));
        assertThat(raw.keyBytes()).isNotEqualTo(odd.keyBytes());
        assertThat(send(masked, table, 9, null, "x").key().get("_rescued_key")).isEqualTo("{\"rowid\":9}");
    }

    private static final List<String> TYPES =
            List.of("INTEGER", "INT", "TEXT", "REAL", "BLOB", "", "DATE", "DECIMAL(5)", "BOOLEAN", "INTEGER_OR_TEXT");

    private static Object random(Random random) {
        byte[] bytes = new byte[random.nextInt(3)];
        random.nextBytes(bytes);
        List<Object> some = Arrays.asList(
                null,
                (long) random.nextInt(3),
                random.nextLong(),
                (1L << 53) + random.nextInt(3),
                random.nextInt(3) + 0.5,
                random.nextDouble() * 1e300,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                1e18,
                "" + random.nextInt(3),
                random.nextInt(3) + ".5",
                "1.0E18",
                "a\0" + random.nextInt(2),
                "\uFFFD",
                new RawText(new byte[] {'a', (byte) (0x80 + random.nextInt(3))}),
                new RawText(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}),
                bytes,
                "",
                "null",
                "{\"rowid\":1}");
        return some.get(random.nextInt(some.size()));
    }

    /**
     * Random keys of all storage classes, as SQLite itself stores them in tables of random key types: every row has a
     * key of its own, the same whatever was seen before, and what was stored can be read from what was sent.
     */
    @Test
    void everyRowHasAKeyOfItsOwnAndKeepsItsValues() throws SQLException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            boolean withoutRowid = random.nextInt(3) == 0;
            List<String> types = List.of(pick(random), pick(random));
            TableSchema table = keyed(types, withoutRowid);
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:")) {
                List<Object[]> rows = stored(connection, types, withoutRowid, random);
                Map<String, Object[]> seen = new HashMap<>();
                Map<Object[], String> keys = new java.util.IdentityHashMap<>();
                DoSqlDatabaseSchema first = Fixtures.schema(Fixtures.config());
                for (Object[] row : rows) {
                    Sent sent = send(first, table, (Long) row[0], row[1], row[2]);
                    Object[] same = seen.put(sent.keyBytes(), row);
                    assertThat(same)
                            .as("%s: a key for %s", types, Arrays.deepToString(row))
                            .isNull();
                    keys.put(row, sent.keyBytes());
                    assertThat(read(table, types, sent))
                            .as("%s without rowid %s: %s", types, withoutRowid, sent)
                            .usingRecursiveComparison()
                            .isEqualTo(List.of(Arrays.asList(row[1], row[2])).get(0));
                }
                Collections.shuffle(rows, random);
                DoSqlDatabaseSchema second = Fixtures.schema(Fixtures.config());
                for (Object[] row : rows) {
                    assertThat(send(second, table, (Long) row[0], row[1], row[2])
                                    .keyBytes())
                            .isEqualTo(keys.get(row));
                }
            }
        }
    }

    private static String pick(Random random) {
        return TYPES.get(random.nextInt(TYPES.size()));
    }

    private static TableSchema keyed(List<String> types, boolean withoutRowid) {
        List<ColumnSchema> columns = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            columns.add(new ColumnSchema("k" + i, types.get(i), withoutRowid, i + 1, ColumnSchema.Generated.NO, null));
        }
        return new TableSchema("t", columns, withoutRowid, false, -1, TextEncoding.UTF_8, new Lsn(1), "");
    }

    /** Rowid and values of each row that SQLite took. */
    private static List<Object[]> stored(Connection connection, List<String> types, boolean withoutRowid, Random random)
            throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (k0 " + types.get(0) + ", k1 " + types.get(1) + ", PRIMARY KEY (k0, k1))"
                    + (withoutRowid ? " WITHOUT ROWID" : ""));
            for (int i = 0; i < 60; i++) {
                Object[] values = {random(random), random(random)};
                String sql = "INSERT OR IGNORE INTO t VALUES (" + mark(values[0]) + ", " + mark(values[1]) + ")";
                try (PreparedStatement insert = connection.prepareStatement(sql)) {
                    for (int k = 0; k < 2; k++) {
                        insert.setObject(k + 1, values[k] instanceof RawText raw ? raw.bytes() : values[k]);
                    }
                    insert.executeUpdate();
                }
            }
            String select = (withoutRowid ? "0" : "rowid")
                    + ", typeof(k0), k0, CAST(k0 AS BLOB), typeof(k1), k1, CAST(k1 AS BLOB)";
            try (ResultSet result = statement.executeQuery("SELECT " + select + " FROM t")) {
                while (result.next()) {
                    rows.add(new Object[] {result.getLong(1), value(result, 2), value(result, 5)});
                }
            }
        }
        return rows;
    }

    private static String mark(Object value) {
        return value instanceof RawText ? "CAST(? AS TEXT)" : "?";
    }

    private static Object value(ResultSet result, int at) throws SQLException {
        byte[] bytes = result.getBytes(at + 2);
        return switch (result.getString(at)) {
            case "integer" -> result.getLong(at + 1);
            case "real" -> result.getDouble(at + 1);
            case "text" -> bytes == null ? "" : RawText.of(bytes, 0, bytes.length, TextEncoding.UTF_8);
            case "blob" -> bytes == null ? new byte[0] : bytes;
            default -> null;
        };
    }

    /** The values that were stored, by the description of the mapping alone. */
    private static List<Object> read(TableSchema table, List<String> types, Sent sent) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            String name = table.columns().get(i).name();
            JsonNode rescued = rescued(sent).path(name);
            Object value = sent.value().get(name);
            if (!rescued.isMissingNode()) {
                values.add(fromJson(rescued));
            } else {
                values.add(plain(types.get(i), value));
            }
        }
        return values;
    }

    private static JsonNode rescued(Sent sent) {
        Object data = sent.value().schema().field("_rescued_data") == null
                ? null
                : sent.value().get("_rescued_data");
        try {
            return data == null ? JSON.missingNode() : JSON.readTree((String) data);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private static Object plain(String type, Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1L : 0L;
        }
        if (value instanceof java.nio.ByteBuffer buffer) {
            return buffer.array();
        }
        if (value instanceof String text && (type.isEmpty() || type.equals("DATE"))) {
            return number(text);
        }
        // SQLite keeps a whole number as an integer in a column of this affinity
        boolean isWhole = type.startsWith("DECIMAL")
                && value instanceof Double number
                && number == Math.rint(number)
                && Math.abs(number) < 9.2e18;
        return isWhole ? (Object) ((Double) value).longValue() : value;
    }

    /** A number where the text is just how one is written. */
    private static Object number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException notWhole) {
            try {
                return Double.toString(Double.parseDouble(text)).equals(text) ? (Object) Double.valueOf(text) : text;
            } catch (NumberFormatException no) {
                return text;
            }
        }
    }

    private static Object fromJson(JsonNode node) {
        if (node.has("blob")) {
            return HexFormat.of().parseHex(node.get("blob").asText());
        }
        if (node.has("text")) {
            return new RawText(HexFormat.of().parseHex(node.get("text").asText()));
        }
        if (node.has("real")) {
            return Double.valueOf(node.get("real").asText());
        }
        return node.isIntegralNumber()
                ? (Object) node.asLong()
                : node.isNumber() ? (Object) node.asDouble() : node.asText();
    }
}

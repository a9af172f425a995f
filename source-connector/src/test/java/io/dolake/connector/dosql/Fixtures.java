/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.TableId;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.schemas.ColumnSchema;
import io.dolake.schemas.ColumnSchema.Generated;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.TableSchema;
import io.dolake.schemas.TextEncoding;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the unit tests are made of. */
final class Fixtures {
    static final String DATABASE = "shop";
    static final String EPOCH = "0123456789abcdef0123456789abcdef";

    private Fixtures() {}

    static Map<String, String> settings(String... more) {
        Map<String, String> settings = new HashMap<>();
        settings.put("topic.prefix", "dosql");
        settings.put("database.hostname", "localhost");
        for (int i = 0; i < more.length; i += 2) {
            settings.put(more[i], more[i + 1]);
        }
        return settings;
    }

    static DoSqlConnectorConfig config(String... more) {
        return new DoSqlConnectorConfig(Configuration.from(settings(more)));
    }

    @SuppressWarnings("unchecked")
    static DoSqlDatabaseSchema schema(DoSqlConnectorConfig config) {
        return new DoSqlDatabaseSchema(
                config,
                (TopicNamingStrategy<TableId>)
                        config.getTopicNamingStrategy(CommonConnectorConfig.TOPIC_NAMING_STRATEGY, true),
                config.schemaNameAdjuster(),
                new CustomConverterRegistry(List.of()),
                new DoSqlTaskContext(Configuration.from(settings()), config));
    }

    /** A table; a column reads "name TYPE", with " PK", " NOT NULL" or " STORED" or " VIRTUAL" behind. */
    static TableSchema table(String name, long schemaLsn, String... columns) {
        return table(name, schemaLsn, false, columns);
    }

    static TableSchema strictTable(String name, String... columns) {
        return table(name, 0, true, columns);
    }

    private static TableSchema table(String name, long schemaLsn, boolean strict, String... columns) {
        List<ColumnSchema> schemas = new ArrayList<>();
        int keys = 0;
        for (String column : columns) {
            String rest = column.substring(column.indexOf(' ') + 1);
            boolean key = rest.contains(" PK");
            Object defaultValue = rest.contains(" DEFAULT ")
                    ? SqlLiteral.parse(rest.substring(rest.indexOf(" DEFAULT ") + 9))
                            .orElseThrow()
                    : null;
            schemas.add(new ColumnSchema(
                    column.substring(0, column.indexOf(' ')),
                    rest.replaceFirst(" (PK|NOT NULL|STORED|VIRTUAL|DEFAULT).*", "")
                            .strip(),
                    rest.contains(" NOT NULL"),
                    key ? ++keys : 0,
                    rest.contains(" VIRTUAL")
                            ? Generated.VIRTUAL
                            : rest.contains(" STORED") ? Generated.STORED : Generated.NO,
                    defaultValue));
        }
        return new TableSchema(name, schemas, false, strict, -1, TextEncoding.UTF_8, new Lsn(schemaLsn), "");
    }

    /** A record in SQLite's file format. */
    static byte[] record(Object... values) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Object value : values) {
            if (value == null) {
                header.write(0);
            } else if (value instanceof Long number) {
                header.write(6);
                body.writeBytes(ByteBuffer.allocate(8).putLong(number).array());
            } else if (value instanceof Double number) {
                header.write(7);
                body.writeBytes(ByteBuffer.allocate(8).putDouble(number).array());
            } else {
                boolean text = value instanceof String;
                byte[] bytes = text ? ((String) value).getBytes(StandardCharsets.UTF_8) : (byte[]) value;
                int type = bytes.length * 2 + (text ? 13 : 12);
                if (type > 127) {
                    header.write(0x80 | type >> 7);
                }
                header.write(type & 0x7F);
                body.writeBytes(bytes);
            }
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(header.size() + 1);
        record.writeBytes(header.toByteArray());
        record.writeBytes(body.toByteArray());
        return record.toByteArray();
    }
}

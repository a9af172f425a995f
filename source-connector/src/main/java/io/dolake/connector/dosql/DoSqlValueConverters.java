/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.config.CommonConnectorConfig.BinaryHandlingMode;
import io.debezium.relational.Column;
import io.debezium.relational.RelationalDatabaseConnectorConfig.DecimalHandlingMode;
import io.debezium.relational.ValueConverter;
import io.debezium.relational.ValueConverterProvider;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.HexFormat;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * Connect schemas and values of columns. Values have already been fitted to the {@link ColumnType} of their column,
 * whose ordinal is the native type of the Debezium column.
 */
final class DoSqlValueConverters implements ValueConverterProvider {
    private final DecimalHandlingMode decimals;
    private final BinaryHandlingMode binary;

    DoSqlValueConverters(DecimalHandlingMode decimals, BinaryHandlingMode binary) {
        this.decimals = decimals;
        this.binary = binary;
    }

    static ColumnType typeOf(Column column) {
        return ColumnType.values()[column.nativeType()];
    }

    @Override
    public SchemaBuilder schemaBuilder(Column column) {
        return switch (typeOf(column)) {
            case BOOLEAN -> SchemaBuilder.bool();
            case INT64 -> SchemaBuilder.int64();
            case FLOAT64 -> SchemaBuilder.float64();
            case DECIMAL -> decimals == DecimalHandlingMode.STRING ? SchemaBuilder.string() : SchemaBuilder.float64();
            case STRING, ANY_TEXT, NUMERIC_TEXT -> SchemaBuilder.string();
            case BYTES -> binary.getSchema();
        };
    }

    @Override
    public ValueConverter converter(Column column, Field field) {
        return switch (typeOf(column)) {
            case DECIMAL ->
                decimals == DecimalHandlingMode.STRING
                        ? value -> value == null ? null : value.toString()
                        : ValueConverter.passthrough();
            case BYTES -> value -> value == null ? null : bytes((byte[]) value);
            default -> ValueConverter.passthrough();
        };
    }

    private Object bytes(byte[] value) {
        return switch (binary) {
            case BASE64 -> Base64.getEncoder().encodeToString(value);
            case BASE64_URL_SAFE -> Base64.getUrlEncoder().encodeToString(value);
            case HEX -> HexFormat.of().formatHex(value);
            default -> ByteBuffer.wrap(value);
        };
    }
}

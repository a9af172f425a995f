/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.relational.Column;
import io.debezium.relational.DefaultValueConverter;
import java.util.Optional;

/** Constant defaults of columns as Connect values; defaults that are expressions, or do not fit, are left out. */
final class DoSqlDefaultValueConverter implements DefaultValueConverter {
    private final DoSqlValueConverters converters;

    DoSqlDefaultValueConverter(DoSqlValueConverters converters) {
        this.converters = converters;
    }

    @Override
    public Optional<Object> parseDefaultValue(Column column, String sql) {
        ColumnType type = DoSqlValueConverters.typeOf(column);
        return SqlLiteral.parse(sql)
                .flatMap(type::fit)
                .map(value -> converters.converter(column, null).convert(value));
    }
}

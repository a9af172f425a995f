/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.spi.converter.CustomConverter;
import io.debezium.spi.converter.RelationalColumn;
import java.util.Properties;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * A converter of a user's own, for columns named fussy, that cannot take the text "odd". Public because it is loaded by
 * name.
 */
public final class FussyConverter implements CustomConverter<SchemaBuilder, RelationalColumn> {
    @Override
    public void configure(Properties properties) {}

    @Override
    public void converterFor(RelationalColumn column, ConverterRegistration<SchemaBuilder> registration) {
        if (column.name().equals("fussy")) {
            registration.register(SchemaBuilder.string().optional(), value -> {
                if ("odd".equals(value)) {
                    throw new IllegalStateException("the secret value " + value);
                }
                return value;
            });
        }
    }
}

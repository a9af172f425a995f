/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

class TableNamesTest {
    private static final Schema SOURCE = SchemaBuilder.struct()
            .field("db", Schema.STRING_SCHEMA)
            .field("schema", Schema.OPTIONAL_STRING_SCHEMA)
            .field("table", Schema.STRING_SCHEMA)
            .build();

    @Test
    void takesTheSchemaWhereThereIsOne() {
        Struct source = source("inventory").put("schema", "public");
        assertThat(new TableNames("{schema|db}.{table}").tableOf(source)).hasToString("public.orders");
    }

    @Test
    void takesTheDatabaseWhereThereIsNoSchema() {
        assertThat(new TableNames("{schema|db}.{table}").tableOf(source("shop")))
                .hasToString("shop.orders");
    }

    @Test
    void mixesTextAndFieldsInAnyNumberOfLevels() {
        assertThat(new TableNames("lake.{db}.raw_{table}").tableOf(source("shop")))
                .hasToString("lake.shop.raw_orders");
    }

    @Test
    void aDotInASourceNameIsPartOfTheName() {
        assertThat(new TableNames("{db}.{table}").tableOf(source("a.b")))
                .isEqualTo(TableIdentifier.of("a.b", "orders"));
    }

    @Test
    void saysWhichFieldIsMissing() {
        assertThatThrownBy(() -> new TableNames("{catalog}.{table}").tableOf(source("shop")))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("catalog");
    }

    private static Struct source(String db) {
        return new Struct(SOURCE).put("db", db).put("table", "orders");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.record;

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
        assertThat(new TableNames("{schema|db}.{table}").tableOf(origin(source)))
                .hasToString("public.orders");
    }

    @Test
    void takesTheDatabaseWhereThereIsNoSchema() {
        assertThat(new TableNames("{schema|db}.{table}").tableOf(origin(source("shop"))))
                .hasToString("shop.orders");
    }

    @Test
    void mixesTextAndFieldsInAnyNumberOfLevels() {
        assertThat(new TableNames("lake.{db}.raw_{table}").tableOf(origin(source("shop"))))
                .hasToString("lake.shop.raw_orders");
    }

    @Test
    void aDotInASourceNameIsPartOfTheName() {
        assertThat(new TableNames("{db}.{table}").tableOf(origin(source("a.b"))))
                .isEqualTo(TableIdentifier.of("a.b", "orders"));
    }

    @Test
    void saysWhichFieldIsMissing() {
        assertThatThrownBy(() -> new TableNames("{catalog}.{table}").tableOf(origin(source("shop"))))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("catalog");
    }

    private static Struct source(String db) {
        return new Struct(SOURCE).put("db", db).put("table", "orders");
    }

    private static RecordRouter.Origin origin(Struct source) {
        return new RecordRouter.Origin("t", source, source, null);
    }

    private static RecordRouter.Origin topic(String topic) {
        return new RecordRouter.Origin(topic, null, null, null);
    }

    @Test
    void takesTheEndOfTheTopicWhereThereIsNoSourceBlock() {
        assertThat(new TableNames("{schema|db}.{table}").tableOf(topic("dosql.shop.orders")))
                .hasToString("shop.orders");
        assertThat(new TableNames("lake.{db}_{table}").tableOf(topic("dosql.shop.orders")))
                .hasToString("lake.shop_orders");
    }

    @Test
    void takesColumnsThatTheTransformationAddedBeforeTheTopic() {
        Struct row = new Struct(SchemaBuilder.struct()
                        .field("__table", Schema.STRING_SCHEMA)
                        .build())
                .put("__table", "items");
        assertThat(new TableNames("{schema|db}.{table}")
                        .tableOf(new RecordRouter.Origin("dosql.shop.orders", null, row, row)))
                .hasToString("shop.items");
    }

    @Test
    void aTopicStandsForItsLevels() {
        assertThat(new TableNames("lake.{topic}").tableOf(topic("a.b"))).hasToString("lake.a.b");
        assertThat(new TableNames("{topic}").tableOf(topic("a.b"))).hasToString("a.b");
    }

    @Test
    void saysThatATopicNamesNoNamespace() {
        for (String template : new String[] {"{topic}", "{schema|db}.{table}"}) {
            assertThatThrownBy(() -> new TableNames(template).tableOf(topic("orders")))
                    .isInstanceOf(DoLakeException.class)
                    .hasMessageContaining("topic orders");
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

import java.math.BigDecimal;
import java.util.Random;
import org.apache.kafka.connect.data.Date;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.data.Timestamp;

/** The order that benchmarks send: a row of 10 columns of 8 types. */
public final class OrderRow {
    private static final long MS_PER_DAY = 86_400_000;
    private static final long NEW_YEAR_MS = 1_767_225_600_000L;

    public static final Schema SCHEMA = SchemaBuilder.struct()
            .name("shop.orders.Value")
            .optional()
            .field("id", Schema.INT64_SCHEMA)
            .field("customer", Schema.INT32_SCHEMA)
            .field("quantity", Schema.OPTIONAL_INT64_SCHEMA)
            .field("total", Decimal.builder(2).optional().build())
            .field("item", Schema.OPTIONAL_STRING_SCHEMA)
            .field("status", Schema.OPTIONAL_STRING_SCHEMA)
            .field("note", Schema.OPTIONAL_STRING_SCHEMA)
            .field("placed", Timestamp.builder().optional().build())
            .field("due", Date.builder().optional().build())
            .field("paid", Schema.OPTIONAL_BOOLEAN_SCHEMA)
            .build();

    private OrderRow() {}

    public static Struct of(long id, long quantity, Random random) {
        return new Struct(SCHEMA)
                .put("id", id)
                .put("customer", random.nextInt(100_000))
                .put("quantity", quantity)
                .put("total", BigDecimal.valueOf(random.nextInt(1_000_000), 2))
                .put("item", "item-" + random.nextInt(10_000))
                .put("status", random.nextBoolean() ? "open" : "shipped")
                .put("note", "note of the order " + random.nextInt())
                .put("placed", new java.util.Date(NEW_YEAR_MS + random.nextInt()))
                .put("due", new java.util.Date(MS_PER_DAY * (20_000 + random.nextInt(1000))))
                .put("paid", random.nextBoolean());
    }
}

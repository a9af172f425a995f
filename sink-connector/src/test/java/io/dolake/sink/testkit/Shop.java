/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/** A small table for tests. */
public final class Shop {
    public static final Schema ORDERS = columns().build();

    private Shop() {}

    /** The columns of an order, to which a test may add more. */
    public static SchemaBuilder columns() {
        return SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA).field("item", Schema.OPTIONAL_STRING_SCHEMA);
    }

    public static FakeTopic orders() {
        return orders(0);
    }

    public static FakeTopic orders(int partition) {
        return new FakeTopic("dosql.shop.orders", partition, "orders").shape(ORDERS, "id");
    }

    /** Random changes of rows with ids from {@code firstId} to {@code firstId} + 59. */
    public static void change(FakeTopic topic, Random random, int count, long firstId, boolean withTruncates) {
        for (int i = 0; i < count; i++) {
            long id = firstId + random.nextInt(60);
            switch (random.nextInt(40)) {
                case 0 -> {
                    if (withTruncates) {
                        topic.truncate();
                    }
                }
                case 1, 2, 3, 4, 5, 6, 7, 8, 9 -> topic.delete(id);
                case 10 -> topic.upsert("u", id, null);
                default -> topic.upsert(random.nextBoolean() ? "c" : "u", id, "item-" + random.nextInt(1000));
            }
        }
    }
}

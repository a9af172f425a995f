/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/**
 * Rows with a column {@code v0}, {@code v1}... for each of some types, and a first column {@code id}, that number them;
 * all values are such that a table has to keep them.
 *
 * @param expected of each row the values but the id, as texts
 */
public record Sample(List<SemanticType> types, Schema schema, List<Struct> rows, List<List<String>> expected) {
    private static final int DRAWS = 1_000;

    public static Sample draw(Random random, List<SemanticType> types, TypeSettings settings, int count) {
        SchemaBuilder builder = SchemaBuilder.struct().field("id", Schema.INT64_SCHEMA);
        for (int i = 0; i < types.size(); i++) {
            builder.field("v" + i, types.get(i).schema(true));
        }
        Schema schema = builder.build();
        List<Struct> rows = new ArrayList<>();
        List<List<String>> expected = new ArrayList<>();
        for (long id = 0; id < count; id++) {
            Struct row = new Struct(schema).put("id", id);
            List<String> texts = new ArrayList<>();
            for (int i = 0; i < types.size(); i++) {
                texts.add(put(row, "v" + i, types.get(i), settings, random));
            }
            rows.add(row);
            expected.add(texts);
        }
        return new Sample(types, schema, rows, expected);
    }

    private static String put(Struct row, String name, SemanticType type, TypeSettings settings, Random random) {
        Schema schema = row.schema().field(name).schema();
        for (int i = 0; i < DRAWS; i++) {
            Object value = random.nextInt(10) == 0 ? null : Bound.to(schema, type.draw(random));
            if (type.answer(value, settings, true) instanceof Answer.Kept kept) {
                row.put(name, value);
                return Shown.text(kept.value());
            }
        }
        throw new AssertionError("no value of " + type + " that is kept");
    }

    /** What a column is for, in messages. */
    public String of(int column, long seed) {
        return "v" + column + ", " + types.get(column) + ", seed " + seed;
    }
}

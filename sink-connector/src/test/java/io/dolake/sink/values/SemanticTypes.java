/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** All types of Connect and Debezium. */
public final class SemanticTypes {
    private SemanticTypes() {}

    public static List<SemanticType> single() {
        List<SemanticType> all = new ArrayList<>();
        all.addAll(NumberedTimes.all());
        all.addAll(WrittenTimes.all());
        all.addAll(Texts.all());
        all.addAll(Numbers.all());
        all.addAll(Shapes.all());
        return all;
    }

    /** One type or two for each type of columns, and texts in which anything may stand. */
    public static List<SemanticType> forEachColumn(Random random) {
        List<SemanticType> all = new ArrayList<>(single());
        java.util.Collections.shuffle(all, random);
        java.util.Map<String, Integer> counts = new java.util.HashMap<>();
        all.removeIf(type -> counts.merge(type.column(TypeSettings.DEFAULT), 1, Integer::sum) > 2);
        all.removeIf(type -> type.column(TypeSettings.DEFAULT).equals("string")
                || !type.schema(true).type().isPrimitive());
        all.add(Texts.anything());
        return all;
    }

    /** Some of them in lists, maps and structs, these in one another too. */
    public static List<SemanticType> nested(Random random, int number) {
        List<SemanticType> parts = new ArrayList<>(single());
        List<SemanticType> nested = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            Composite.Kind kind = Draws.any(random, List.of(Composite.Kind.values()));
            Composite type = new Composite(kind, Draws.any(random, parts), random.nextBoolean());
            nested.add(type);
            parts.add(type);
        }
        return nested;
    }
}

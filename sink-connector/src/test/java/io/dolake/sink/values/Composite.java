/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import io.dolake.sink.values.Answer.Fields;
import io.dolake.sink.values.Answer.Kept;
import io.dolake.sink.values.Answer.Refused;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;

/** Lists, maps and structs of another type. */
public record Composite(Kind kind, SemanticType part, boolean isPartOptional) implements SemanticType {
    /** A key that is not well-formed is found when the row is encoded, after all values were converted. */
    private static final Refused BY_KEY = new Refused(true);

    /** What holds the parts. */
    public enum Kind {
        LIST,
        MAP,
        STRUCT
    }

    @Override
    public SemanticType innermost() {
        return part.innermost();
    }

    @Override
    public String label() {
        return kind.name().toLowerCase(java.util.Locale.ROOT) + " of " + part.label() + (isPartOptional ? "?" : "");
    }

    @Override
    public String toString() {
        return label();
    }

    @Override
    public SchemaBuilder builder() {
        Schema of = part.schema(isPartOptional);
        return switch (kind) {
            case LIST -> SchemaBuilder.array(of);
            case MAP -> SchemaBuilder.map(Schema.STRING_SCHEMA, of);
            case STRUCT -> SchemaBuilder.struct().field("a", of).field("b", Schema.OPTIONAL_INT32_SCHEMA);
        };
    }

    private Object drawPart(Random random) {
        return isPartOptional && random.nextInt(5) == 0 ? null : part.draw(random);
    }

    @Override
    public Object draw(Random random) {
        switch (kind) {
            case LIST -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(drawPart(random));
                }
                return list;
            }
            case MAP -> {
                Map<Object, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(Draws.text(random), drawPart(random));
                }
                return map;
            }
            default -> {
                Schema schema = schema(false);
                Object first = Bound.to(schema.field("a").schema(), drawPart(random));
                return new Struct(schema).put("a", first).put("b", random.nextInt(3));
            }
        }
    }

    @Override
    public String column(TypeSettings settings) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public Answer answer(Object value, TypeSettings settings, boolean isOptional) {
        if (value == null) {
            return new Kept(null);
        }
        List<Object> kept = new ArrayList<>();
        Refused key = null;
        for (Object item : parts(value)) {
            Answer answer = part.answer(item, settings, isPartOptional);
            if (answer == BY_KEY) {
                key = BY_KEY;
            } else if (answer instanceof Refused refused) {
                return refused;
            } else {
                kept.add(((Kept) answer).value());
            }
        }
        if (key != null) {
            return key;
        }
        return switch (kind) {
            case LIST -> new Kept(kept);
            case MAP -> map((Map<?, ?>) value, kept);
            case STRUCT -> new Kept(new Fields(Shapes.listOf(kept.get(0), ((Struct) value).get("b"))));
        };
    }

    private List<Object> parts(Object value) {
        return switch (kind) {
            case LIST -> new ArrayList<>((List<?>) value);
            case MAP -> new ArrayList<>(((Map<?, ?>) value).values());
            case STRUCT -> Shapes.listOf(((Struct) value).getWithoutDefault("a"));
        };
    }

    /** Keys are taken as they are, or not at all: two must not become one. */
    private static Answer map(Map<?, ?> value, List<Object> items) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object key : value.keySet()) {
            if (Texts.found((String) key).exact() == null) {
                return BY_KEY;
            }
            map.put(key, items.get(map.size()));
        }
        return new Kept(map);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;

/**
 * A type of Connect or Debezium: how its values are drawn, and what a table has to have of each, worked out without the
 * sink's code.
 */
public interface SemanticType {
    /** What it is called in messages of tests. */
    String label();

    SchemaBuilder builder();

    /** A value as a converter gives it, more often than not at an end of something. */
    Object draw(Random random);

    /** Iceberg's type of a column for it, as text; of a struct, list or map only that. */
    String column(TypeSettings settings);

    /** @param isOptional whether null may take the place of the value */
    Answer answer(Object value, TypeSettings settings, boolean isOptional);

    /** The type of its values, however deep they lie in others. */
    default SemanticType innermost() {
        return this;
    }

    default Schema schema(boolean isOptional) {
        return isOptional ? builder().optional().build() : builder().build();
    }

    /** What a value is in a column: it, or what is nearest to it, or nothing at all. */
    record Found(Object exact, Object nearest) {
        static final Found NOTHING = new Found(null, null);

        static Found exact(Object value) {
            return new Found(value, null);
        }

        static Found near(Object value) {
            return new Found(null, value);
        }

        Answer resolve(TypeSettings settings, boolean isOptional) {
            if (exact != null) {
                return new Answer.Kept(exact);
            }
            if (nearest == null) {
                return new Answer.Refused(false);
            }
            if (settings.inexact().equals("nearest")) {
                return new Answer.Kept(nearest);
            }
            boolean isNull = settings.inexact().equals("null") && isOptional;
            return isNull ? new Answer.Kept(null) : new Answer.Refused(true);
        }
    }

    /** A type whose values are one thing each. */
    record Single(
            String label,
            Supplier<SchemaBuilder> schemas,
            Function<Random, Object> draws,
            Function<TypeSettings, String> columns,
            BiFunction<Object, TypeSettings, Found> finder)
            implements SemanticType {
        /** Of a type that no setting changes. */
        Single(
                String label,
                Supplier<SchemaBuilder> schemas,
                Function<Random, Object> draws,
                String column,
                Function<Object, Found> finder) {
            this(label, schemas, draws, settings -> column, (value, settings) -> finder.apply(value));
        }

        @Override
        public SchemaBuilder builder() {
            return schemas.get();
        }

        @Override
        public Object draw(Random random) {
            return draws.apply(random);
        }

        @Override
        public String column(TypeSettings settings) {
            return columns.apply(settings);
        }

        @Override
        public Answer answer(Object value, TypeSettings settings, boolean isOptional) {
            return value == null
                    ? new Answer.Kept(null)
                    : finder.apply(value, settings).resolve(settings, isOptional);
        }

        @Override
        public String toString() {
            return label;
        }
    }
}

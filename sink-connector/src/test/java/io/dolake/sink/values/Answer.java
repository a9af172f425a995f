/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.values;

/** What a table has to have of a value, or why it must not have it. */
public sealed interface Answer {
    /**
     * @param value as Iceberg's generic reader has it, a struct as a {@code List} in an {@link Fields}; or null
     */
    record Kept(Object value) implements Answer {}

    /** @param isInexact whether the value is right but has no place in its column, so that a setting may help */
    record Refused(boolean isInexact) implements Answer {}

    /** The values of a struct, in the order of its fields. */
    record Fields(java.util.List<Object> values) {}
}

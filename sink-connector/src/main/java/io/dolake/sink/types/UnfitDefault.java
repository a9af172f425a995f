/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

/**
 * Stands for a default that its column cannot have, such as {@code infinity} of a timestamp. It is told when the column is added to a
 * table, whose rows would have it; nobody else needs it.
 */
public record UnfitDefault(String reason, boolean isInexact) {
    public static UnfitDefault of(RuntimeException thrown) {
        ValueFault fault = ValueFault.of(thrown);
        return new UnfitDefault(fault.getMessage(), fault.isInexact());
    }

    public ValueFault fault() {
        return isInexact ? ValueFault.inexact(reason) : ValueFault.malformed(reason);
    }
}

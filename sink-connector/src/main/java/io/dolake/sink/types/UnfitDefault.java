/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.types;

/**
 * Stands for a default that its column cannot hold, such as {@code infinity} for a timestamp. It is reported when the
 * column is added to a table, whose existing rows would get it; it does not matter elsewhere.
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

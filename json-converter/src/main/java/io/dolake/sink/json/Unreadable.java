/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

/**
 * Replaces the key or value of a message that could not be read: so the record is refused with its topic and offset,
 * whereas an exception of a converter ends the task with all of its tables.
 *
 * @param reason without messages of libraries, which may quote values
 */
public record Unreadable(String reason) {
    static Unreadable of(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new Unreadable(
                thrown instanceof StackOverflowError
                        ? "it is nested too deeply"
                        : "it is not JSON, or does not match its schema ("
                                + root.getClass().getSimpleName() + ")");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

/** The value is not in the form that is read here; it may be valid all the same. */
final class UnexpectedJson extends Exception {
    private static final long serialVersionUID = 1L;
    static final UnexpectedJson INSTANCE = new UnexpectedJson();

    private UnexpectedJson() {
        super("not read here", null, false, false);
    }
}

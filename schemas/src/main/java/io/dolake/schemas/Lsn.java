/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * Log sequence number of a database: the number of WAL frames committed up to and including the commit frame of a
 * transaction. Unsigned 64-bit, strictly increasing, never reused within an epoch; it means nothing outside its epoch.
 *
 * @param value the number, to be read as unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {

    /** The LSN before the first transaction of an epoch. */
    public static final Lsn ZERO = new Lsn(0);

    /**
     * Reads the decimal form.
     *
     * @throws DoLakeException INVALID_ARGUMENT if the text is not an unsigned 64-bit decimal
     */
    public static Lsn parse(String text) {
        try {
            return new Lsn(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new DoLakeException(
                    ErrorCode.INVALID_ARGUMENT,
                    "Cannot read LSN '" + text + "': expected an unsigned decimal number of 64 bits",
                    e);
        }
    }

    public Lsn plus(long frames) {
        return new Lsn(value + frames);
    }

    public boolean isAfter(Lsn other) {
        return compareTo(other) > 0;
    }

    public boolean isBefore(Lsn other) {
        return compareTo(other) < 0;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    /** The decimal form, as in every wire format. */
    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}

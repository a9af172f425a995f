/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Text encoding of a database, by its number at offset 56 of the database header. */
public enum TextEncoding {
    UTF_8(1, StandardCharsets.UTF_8),
    UTF_16LE(2, StandardCharsets.UTF_16LE),
    UTF_16BE(3, StandardCharsets.UTF_16BE);

    private final int number;
    private final Charset charset;

    TextEncoding(int number, Charset charset) {
        this.number = number;
        this.charset = charset;
    }

    public int number() {
        return number;
    }

    public Charset charset() {
        return charset;
    }

    /**
     * The encoding with this number; 0 stands in the header of a database without content and means UTF-8.
     *
     * @throws DoLakeException INVALID_DATABASE_FILE for any number other than 0 to 3
     */
    public static TextEncoding of(int number) {
        return switch (number) {
            case 0, 1 -> UTF_8;
            case 2 -> UTF_16LE;
            case 3 -> UTF_16BE;
            default ->
                throw new DoLakeException(
                        ErrorCode.INVALID_DATABASE_FILE,
                        "Cannot read database: text encoding " + number + " is not 1, 2 or 3");
        };
    }
}

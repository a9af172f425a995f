/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.wal;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;

/** Errors of pages that cannot be what SQLite wrote. */
final class CorruptPage {
    private CorruptPage() {}

    /** @param offset byte in the page that holds the wrong value */
    static DoLakeException page(int page, int offset, String reason) {
        return new DoLakeException(
                        ErrorCode.WAL_CORRUPT,
                        "Cannot decode page " + page + ": " + reason + " (offset " + offset + ")")
                .withDetail("page", page)
                .withDetail("offset", offset);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A request body that remembers why it could not be read, since the HTTP client reports only that the request failed.
 * The underlying stream stays open.
 */
final class UploadStream extends FilterInputStream {
    private volatile Exception failure;

    UploadStream(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            return super.read(target, offset, length);
        } catch (IOException | RuntimeException e) {
            failure = e;
            // Only an IOException makes the HTTP client abort the request instead of ending it early.
            throw new IOException("the body cannot be read", e);
        }
    }

    /** Throws the failure of reading, if there was one. */
    void throwFailure(DoLakeException answer) {
        Exception known = failure;
        if (known instanceof DoLakeException error) {
            error.addSuppressed(answer);
            throw error;
        }
        if (known != null) {
            known.addSuppressed(answer);
            throw new DoLakeException(
                    ErrorCode.IO_ERROR, "Cannot read the body to import: " + known.getMessage(), known);
        }
    }

    @Override
    public void close() {
        // The caller that opened the underlying stream closes it.
    }
}

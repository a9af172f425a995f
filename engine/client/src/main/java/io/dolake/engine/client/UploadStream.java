/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body that remembers why it could not be read: the HTTP client tells only that the request failed. Stays open. */
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
            // Only this kind ends the request without its last bytes.
            throw new IOException("the body cannot be read", e);
        }
    }

    /** Throws what went wrong with reading, if anything did. */
    void throwFailure(DoLakeException answer) {
        Exception known = failure;
        if (known instanceof DoLakeException error) {
            error.addSuppressed(answer);
            throw error;
        }
        if (known != null) {
            known.addSuppressed(answer);
            throw new DoLakeException(ErrorCode.IO_ERROR, "Cannot read what to import: " + known.getMessage(), known);
        }
    }

    @Override
    public void close() {
        // Whoever opened the stream below closes it.
    }
}

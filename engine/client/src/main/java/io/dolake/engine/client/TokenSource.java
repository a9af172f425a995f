/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The token of a client. A supplier is asked at the first call, and again when the server has refused what it gave.
 * Thread-safe; its text has no token in it.
 */
final class TokenSource {
    /** A client without a token. */
    static final TokenSource NONE = new TokenSource(() -> null);

    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/=-]+");

    private final Supplier<String> supplier;
    private String token;
    private boolean isKnown;

    TokenSource(Supplier<String> supplier) {
        this.supplier = supplier;
    }

    /** The value of the Authorization header; null for none. */
    synchronized String header() {
        if (!isKnown) {
            token = ask();
            isKnown = true;
        }
        return token == null ? null : "Bearer " + token;
    }

    /**
     * Asks for another token, unless that was done since the refused one was sent.
     *
     * @param refused the header that the server has refused
     * @return whether there is another one now, so that the call is worth a second attempt
     */
    synchronized boolean renew(String refused) {
        String now = header();
        if (Objects.equals(now, refused)) {
            String given = ask();
            // None, as from a file that is being written, is no reason to forget the one that there was.
            token = given != null ? given : token;
        }
        String renewed = header();
        return renewed != null && !renewed.equals(refused);
    }

    private String ask() {
        String given = supplier.get();
        if (given == null || given.isBlank()) {
            return null;
        }
        String stripped = given.strip();
        if (!TOKEN.matcher(stripped).matches()) {
            throw new DoLakeException(
                            ErrorCode.INVALID_ARGUMENT,
                            "Cannot use token: it has characters that no token has, such as spaces or quotes")
                    .withHint("Give the token alone, without 'Bearer' and without quotes.");
        }
        return stripped;
    }
}

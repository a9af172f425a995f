/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of texts: what is kept of a token in place of the token. */
public final class Sha256 {
    private Sha256() {}

    public static byte[] of(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    public static String hex(String text) {
        return HexFormat.of().formatHex(of(text));
    }

    /** Compares in a time that does not depend on where they differ. */
    public static boolean isEqual(byte[] hash, String hex) {
        return MessageDigest.isEqual(hash, HexFormat.of().parseHex(hex));
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Random ids of 32 hexadecimal digits: epochs, temporary files, sessions. */
public final class Ids {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Ids() {}

    public static String random() {
        byte[] bytes = new byte[16];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

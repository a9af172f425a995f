/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.config;

/** The version of the server. */
public final class Version {
    public static final String TEXT = "0.1.0";

    private Version() {}
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

/** The version of the server. */
final class Version {
    static final String TEXT = "0.1.0";

    private Version() {}
}

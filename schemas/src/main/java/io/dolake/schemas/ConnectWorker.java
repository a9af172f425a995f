/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Optional;

/**
 * Checks that the Connect worker provides the classes that a plugin uses from it. It looks for a class and not for a
 * version number, since vendors have version numbers of their own.
 */
public final class ConnectWorker {
    /** A class in Jackson since 2.15, which workers have since Kafka 3.7. */
    private static final String NEEDED = "com.fasterxml.jackson.core.StreamReadConstraints";

    private ConnectWorker() {}

    /**
     * The reason why the plugin cannot run on this worker; empty if it can.
     *
     * @param loader the class loader of the plugin
     * @param version the version that the worker reports
     */
    public static Optional<String> fault(ClassLoader loader, String version) {
        try {
            Class.forName(NEEDED, false, loader);
            return Optional.empty();
        } catch (ClassNotFoundException e) {
            return Optional.of("Cannot run on this Connect worker (Kafka " + version
                    + "): its Jackson is older than 2.15; Kafka Connect 3.7 or newer is needed");
        }
    }
}

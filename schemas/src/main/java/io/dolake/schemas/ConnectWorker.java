/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import java.util.Optional;

/**
 * Whether the Connect worker that loads a plugin brings what the plugin takes from it. What is looked for is the thing itself
 * and not a version number, since vendors have numbers of their own.
 */
public final class ConnectWorker {
    /** In Jackson since 2.15, which workers have since Kafka 3.7. */
    private static final String NEEDED = "com.fasterxml.jackson.core.StreamReadConstraints";

    private ConnectWorker() {}

    /**
     * Why the plugin cannot run here.
     *
     * @param loader that of the plugin
     * @param version what the worker says of itself
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

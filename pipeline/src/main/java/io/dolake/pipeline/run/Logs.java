/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Where the logs of this process go. To be called before the first logger is made; without it nothing is logged. */
public final class Logs {
    private static final String DIRECTORY = "dolake.logs";
    private static final String OURS = "dolake.log.level";
    private static final String OTHERS = "dolake.log.level.others";

    /**
     * Warns of each REST resource that is given as an object, and uses it all the same. Kept, or its level would be
     * forgotten.
     */
    private static final Logger JERSEY = Logger.getLogger("org.glassfish.jersey.internal.inject.Providers");

    private Logs() {}

    /** Logs of the long-running process. */
    static void forPipeline(Path directory) {
        System.setProperty(DIRECTORY, directory.toString());
        setDefault(OURS, "INFO");
        setDefault(OTHERS, "WARN");
        JERSEY.setLevel(Level.SEVERE);
    }

    private static void setDefault(String property, String level) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, level);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.status;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build, from the properties file that Maven fills in. */
public final class Version {
    private static final String FILE = "/io/dolake/sink/dolake-sink-connector.properties";

    public static final String VERSION = load();

    private Version() {}

    private static String load() {
        try (InputStream in = Version.class.getResourceAsStream(FILE)) {
            Properties properties = new Properties();
            properties.load(in);
            return properties.getProperty("version");
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + FILE, e);
        }
    }
}

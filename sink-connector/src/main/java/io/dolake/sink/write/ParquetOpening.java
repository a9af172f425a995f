/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.write;

import java.io.InputStream;
import java.net.URL;
import java.util.function.Supplier;

/**
 * Opens Parquet writers. Iceberg creates a Hadoop configuration for each writer, which loads the defaults of all of
 * Hadoop, and Parquet uses none of them; that takes longer than writing a small file. So the defaults are hidden.
 */
public final class ParquetOpening {
    private static final String DEFAULTS = "-default.xml";

    private static final class Loader extends ClassLoader {
        private Loader(ClassLoader parent) {
            super(parent);
        }

        @Override
        public URL getResource(String name) {
            return name.endsWith(DEFAULTS) ? null : super.getResource(name);
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            return name.endsWith(DEFAULTS) ? null : super.getResourceAsStream(name);
        }
    }

    private static final ClassLoader LOADER = new Loader(ParquetOpening.class.getClassLoader());

    private ParquetOpening() {}

    public static <T> T open(Supplier<T> opening) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(LOADER);
        try {
            return opening.get();
        } finally {
            thread.setContextClassLoader(before);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.support;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes resources where a failure to close is only worth a line in the log. */
public final class QuietClose {
    private static final Logger LOG = LoggerFactory.getLogger(QuietClose.class);

    private QuietClose() {}

    /** Closes in the order given; nulls are skipped. */
    public static void close(AutoCloseable... resources) {
        for (AutoCloseable resource : resources) {
            if (resource != null) {
                try {
                    resource.close();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (Exception e) {
                    LOG.warn("Cannot close {}: {}", resource.getClass().getSimpleName(), e.toString());
                }
            }
        }
    }
}

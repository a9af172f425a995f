/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.support;

import java.util.concurrent.ThreadFactory;

/**
 * Daemon threads with a common name that use the plugin's class loader; Connect's threads, which create them, may not.
 */
public record DaemonThreads(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}

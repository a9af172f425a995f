/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.support;

import java.util.concurrent.ThreadFactory;

/** Daemon threads of one name that load classes as the plugin does: those of Connect, which make them, may not. */
public record DaemonThreads(String name) implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setContextClassLoader(DaemonThreads.class.getClassLoader());
        thread.setDaemon(true);
        return thread;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import io.dolake.engine.server.config.ServerConfig;
import io.dolake.schemas.DoLakeException;
import java.util.concurrent.CountDownLatch;

/** Runs an engine until the process is stopped. Environment variables configure it, see {@link ServerConfig}. */
public final class DoSqlMain {
    private DoSqlMain() {}

    public static void main(String[] arguments) throws InterruptedException {
        DoSqlServer server;
        try {
            server = DoSqlServer.start(ServerConfig.fromEnvironment(System.getenv()));
        } catch (DoLakeException e) {
            System.err.println(e);
            System.exit(1);
            return;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            server.close();
            stopped.countDown();
        }));
        System.out.println("DoSQL listens on port " + server.port());
        stopped.await();
    }
}

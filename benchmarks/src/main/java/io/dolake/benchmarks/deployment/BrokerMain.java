/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.deployment;

import io.dolake.pipeline.run.Broker;
import io.dolake.pipeline.run.Ports;
import java.nio.file.Path;

/** The broker of {@code ./dolake up}, alone: arguments are its directory and its two ports. */
public final class BrokerMain {
    static final String READY = "broker ready";

    private BrokerMain() {}

    public static void main(String[] arguments) throws Exception {
        Ports ports = new Ports(0, Integer.parseInt(arguments[1]), 0, Integer.parseInt(arguments[2]));
        Broker broker = Broker.start(Path.of(arguments[0]), ports);
        Runtime.getRuntime().addShutdownHook(new Thread(broker::stop));
        System.out.println(READY);
        Thread.currentThread().join();
    }
}

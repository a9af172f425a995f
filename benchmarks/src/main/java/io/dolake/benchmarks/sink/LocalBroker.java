/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.sink;

import io.dolake.pipeline.run.Broker;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.PortChoice;
import io.dolake.pipeline.run.Ports;

/** The pipeline's broker in this process, by itself. */
public final class LocalBroker implements AutoCloseable {
    private final Broker broker;
    private final Ports ports;

    private LocalBroker(Broker broker, Ports ports) {
        this.broker = broker;
        this.ports = ports;
    }

    /** Starts on free ports. */
    public static LocalBroker start(Home home) {
        home.create();
        try (PortChoice choice = PortChoice.make(home, Ports.Wish.ANY)) {
            return new LocalBroker(Broker.start(home.kafka(), choice.ports()), choice.ports());
        }
    }

    public Ports ports() {
        return ports;
    }

    @Override
    public void close() {
        broker.stop();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.document.DocumentReader;
import io.debezium.pipeline.signal.SignalProcessor;
import io.debezium.pipeline.signal.actions.SignalAction;
import io.debezium.pipeline.signal.channels.SignalChannelReader;
import io.debezium.pipeline.spi.Offsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Dispatches signals to their actions. A channel that cannot be read at the moment (a file that is not valid text, an
 * unavailable broker) is read again at the next interval, where the framework's own processor would stop reading it.
 * Signals for unsupported kinds of snapshots are answered with the signal to send instead.
 */
final class Signals extends SignalProcessor<DoSqlPartition, DoSqlOffsetContext> {
    private static final Logger LOGGER = LoggerFactory.getLogger(Signals.class);
    private static final Set<String> OF_SNAPSHOTS =
            Set.of("execute-snapshot", "stop-snapshot", "pause-snapshot", "resume-snapshot");

    Signals(
            DoSqlConnectorConfig config,
            List<SignalChannelReader> channels,
            Offsets<DoSqlPartition, DoSqlOffsetContext> offsets) {
        super(DoSqlConnector.class, config, Map.of(), channels, DocumentReader.defaultReader(), offsets);
    }

    @Override
    public void process() {
        try {
            super.process();
        } catch (RuntimeException e) {
            LOGGER.warn(
                    "Cannot read signals, trying again at the next interval (a file that cannot be read has to be"
                            + " corrected or emptied)",
                    e);
        }
    }

    @Override
    public void registerSignalAction(String id, SignalAction<DoSqlPartition> action) {
        super.registerSignalAction(id, OF_SNAPSHOTS.contains(id) ? payload -> refused(id, payload.id) : action);
    }

    private static boolean refused(String type, String id) {
        LOGGER.warn(
                "Signal {} of type {} has no effect: there are no incremental and no blocking snapshots. A signal of"
                        + " type {} reads all rows of the tables in its data-collections again",
                id,
                type,
                ResumeSignal.TYPE);
        return false;
    }
}

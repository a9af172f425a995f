/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.document.Array;
import io.debezium.pipeline.signal.SignalPayload;
import io.debezium.pipeline.signal.actions.SignalAction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The signal {@code resume} with {@code {"data-collections": ["database.table", "database", ...]}}: resumes what was
 * suspended, in whichever task of the worker it is. It may arrive once per database of the task; resuming twice is the
 * same as resuming once.
 */
final class ResumeSignal implements SignalAction<DoSqlPartition> {
    static final String TYPE = "resume";

    private static final Logger LOGGER = LoggerFactory.getLogger(ResumeSignal.class);
    private static final String COLLECTIONS = "data-collections";

    private final Predicate<String> resume;

    ResumeSignal(Predicate<String> resume) {
        this.resume = resume;
    }

    @Override
    public boolean arrived(SignalPayload<DoSqlPartition> payload) {
        Array collections = payload.data.getArray(COLLECTIONS);
        if (collections == null || collections.isEmpty()) {
            LOGGER.warn("Signal {} resumes nothing: it has no '{}'", payload.id, COLLECTIONS);
            return false;
        }
        boolean any = false;
        for (Array.Entry entry : collections) {
            boolean isHere = entry.getValue().isString()
                    && resume.test(entry.getValue().asString().strip());
            LOGGER.info(
                    "Signal {}: {} is {}",
                    payload.id,
                    entry.getValue(),
                    isHere ? "resumed" : "not of a task of this worker");
            any |= isHere;
        }
        return any;
    }
}

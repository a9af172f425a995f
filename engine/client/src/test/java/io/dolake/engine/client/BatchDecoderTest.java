/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.ChangeEncoder;
import io.dolake.schemas.ChangeListener;
import io.dolake.schemas.Lsn;
import io.dolake.schemas.RowChange;
import io.dolake.schemas.SchemaChange;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BatchDecoderTest {

    @Test
    @Timeout(30)
    void acknowledgesWhileTheListenerWaitsForTheThreadThatDoes() {
        ChangeEncoder encoder = new ChangeEncoder();
        encoder.begin(new Lsn(7), 0);
        BatchDecoder reader = new BatchDecoder();
        reader.decode(1, new ByteSlice(new byte[0]), new Waiting(() -> {}));
        reader.decode(
                2,
                encoder.slice(),
                new Waiting(
                        () -> CompletableFuture.runAsync(() -> reader.forget(1)).join()));
    }

    /** A listener with a full queue behind it. */
    private record Waiting(Runnable action) implements ChangeListener {
        @Override
        public void begin(Lsn lsn, long commitTimeMs) {
            action.run();
        }

        @Override
        public void schemaChange(SchemaChange change) {}

        @Override
        public void rowChange(RowChange change) {}

        @Override
        public void commit(long events) {}
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.kafka.connect.errors.ConnectException;
import org.junit.jupiter.api.Test;

class TraceCauseTest {
    @Test
    void isTheDeepestErrorOfOurs() {
        Throwable deep = new DoLakeException(ErrorCode.CDC_EPOCH_MISMATCH, "Cannot go on with shop: it is another one")
                .withHint("Read it anew.");
        TraceCause cause = of(new ConnectException(
                "An exception occurred in the change event producer. This connector will be stopped.",
                new DoLakeException(ErrorCode.IO_ERROR, "Cannot stream", new IllegalStateException("x", deep))));
        assertThat(cause.code()).isEqualTo(ErrorCode.CDC_EPOCH_MISMATCH);
        assertThat(cause.reason()).isEqualTo("Cannot go on with shop: it is another one (Read it anew.)");
    }

    @Test
    void isFoundInAMessageThatRepeatsItsCause() {
        TraceCause cause =
                of(new ConnectException(new DoLakeException(ErrorCode.STORAGE_FULL, "Cannot write: the disk is full")));
        assertThat(cause.code()).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(cause.reason()).isEqualTo("Cannot write: the disk is full");
    }

    @Test
    void namesTheOutermostAndTheDeepestErrorOfOthers() {
        TraceCause cause = of(new ConnectException("Tolerance exceeded", new IllegalStateException("a\nb\nc\nd")));
        assertThat(cause.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(cause.reason())
                .contains("Tolerance exceeded", "IllegalStateException: a b c")
                .doesNotContain(" d");
    }

    @Test
    void isThereWhereConnectTellsNothing() {
        assertThat(TraceCause.of("").reason()).isEqualTo("no reason given");
    }

    private static TraceCause of(Throwable error) {
        StringWriter trace = new StringWriter();
        error.printStackTrace(new PrintWriter(trace));
        return TraceCause.of(trace.toString());
    }
}

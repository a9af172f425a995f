/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.BindException;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What keeps all of the pipeline from running has a code that says what (D16). */
class StartFaultTest {
    record Case(Exception error, ErrorCode code) {}

    static Case[] cases() {
        return new Case[] {
            new Case(
                    new KafkaException("Socket server failed to bind to 127.0.0.1:9092: Address already in use."),
                    ErrorCode.ADDRESS_IN_USE),
            new Case(new IllegalStateException(new BindException("x")), ErrorCode.ADDRESS_IN_USE),
            new Case(new KafkaException(new IOException("No space left on device")), ErrorCode.STORAGE_FULL),
            new Case(new IOException("/d/kafka/x: Disk quota exceeded"), ErrorCode.STORAGE_FULL),
            new Case(new IOException("/d/kafka/x: Read-only file system"), ErrorCode.IO_ERROR),
            new Case(
                    new RuntimeException(new DoLakeException(ErrorCode.INVALID_CONFIGURATION, "Cannot x: y")),
                    ErrorCode.INVALID_CONFIGURATION),
            new Case(new IllegalStateException("whatever"), ErrorCode.INTERNAL_ERROR),
        };
    }

    @ParameterizedTest
    @MethodSource("cases")
    void hasTheCodeOfItsCause(Case given) {
        assertThat(StartFault.of("the Kafka broker", given.error()).code()).isEqualTo(given.code());
    }
}

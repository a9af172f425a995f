/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ServiceFailureException;
import org.junit.jupiter.api.Test;

class FailureClassifierTest {
    @Test
    void aFullDiskIsStorageFullWhoeverRanIntoIt() {
        IOException full = new IOException("No space left on device");
        assertThat(code(new UncheckedIOException(full))).isEqualTo(ErrorCode.STORAGE_FULL);
        assertThat(code(new RuntimeException(new SQLException("[SQLITE_FULL] database or disk is full"))))
                .isEqualTo(ErrorCode.STORAGE_FULL);
    }

    @Test
    void aCatalogThatFailsIsACatalogError() {
        assertThat(code(new ServiceFailureException("down"))).isEqualTo(ErrorCode.CATALOG_ERROR);
        assertThat(code(new CommitStateUnknownException(new IOException("reset"))))
                .isEqualTo(ErrorCode.CATALOG_ERROR);
    }

    @Test
    void aFileThatCannotBeWrittenIsAnObjectStoreError() {
        assertThat(code(new UncheckedIOException(new IOException("Connection reset"))))
                .isEqualTo(ErrorCode.OBJECT_STORE_ERROR);
    }

    @Test
    void whatIsNotKnownIsOurs() {
        assertThat(code(new NullPointerException())).isEqualTo(ErrorCode.INTERNAL_ERROR);
    }

    @Test
    void theMessageSaysEachReasonOnce() {
        DoLakeException error = FailureClassifier.classify(
                "shop.orders", new UncheckedIOException(new IOException("Connection reset")));
        assertThat(error).hasMessage("Cannot commit to table shop.orders: Connection reset");
    }

    private static ErrorCode code(Throwable failure) {
        return FailureClassifier.classify("shop.orders", failure).code();
    }
}

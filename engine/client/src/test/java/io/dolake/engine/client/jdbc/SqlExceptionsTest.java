/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SqlExceptionsTest {

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void givesEachCodeAStateOfFiveCharacters(ErrorCode code) {
        SQLException error = SqlExceptions.of(new DoLakeException(code, "Cannot x: y"));

        assertThat(error.getSQLState()).matches("[0-9A-Z]{5}");
        assertThat(error.getCause()).isInstanceOf(DoLakeException.class);
    }

    @Test
    void givesEachCodeAVendorCodeOfItsOwn() {
        assertThat(Arrays.stream(ErrorCode.values())
                        .map(SqlExceptions::state)
                        .map(SqlExceptions.State::vendorCode)
                        .filter(code -> code != 9000))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void isDocumented(ErrorCode code) throws IOException {
        SqlExceptions.State state = SqlExceptions.state(code);

        assertThat(Files.readString(Path.of("DESIGN.md")))
                .contains("| " + (state.vendorCode() == 9000 ? "any other" : code) + " | " + state.sqlState() + " | "
                        + state.vendorCode() + " |");
    }

    @Test
    void saysTheHintInTheMessage() {
        SQLException error =
                SqlExceptions.of(new DoLakeException(ErrorCode.CONNECTION_ERROR, "Cannot x: y").withHint("Do z."));

        assertThat(error.getMessage()).isEqualTo("Cannot x: y (Do z.)");
        assertThat(error instanceof SQLRecoverableException).isTrue();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.sink.config.RenameConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnRenamesTest {
    private static final String SETTING = RenameConfig.setting("shop.orders");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "item | 'item' is not of the form old:new",
                "a:b:c | 'a:b:c' is not of the form old:new",
                ":b | ':b' is not of the form old:new",
                "a:b, a:c | column a gets two names",
                "a:b, b:c | column b is an old and a new name",
                "a:a | column a is an old and a new name"
            })
    void saysWhatIsWrong(String value, String message) {
        assertThat(RenameConfig.faults(Map.of(SETTING, value)))
                .hasEntrySatisfying(
                        SETTING, fault -> assertThat(fault).contains(SETTING).contains(message));
    }

    @Test
    void takesSeveralOldNamesOfOneColumn() {
        assertThat(RenameConfig.faults(Map.of(SETTING, "a:c, b:c ,d:e,"))).isEmpty();
    }
}

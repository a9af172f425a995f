/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import java.nio.file.Path;
import org.apache.iceberg.catalog.TableIdentifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableLocationTest {

    @Test
    void leavesOrdinaryNamesToTheCatalog() {
        assertThat(TableLocation.of(TableIdentifier.of("shop", "a.b c\\d..é"), "/lake"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "../../etc", "/etc", "a/data", "a/../../b"})
    void staysInTheDirectoryOfTheNamespace(String name) {
        Path location = Path.of(
                TableLocation.of(TableIdentifier.of("shop", name), "/lake/").orElseThrow());
        assertThat(location.normalize()).isEqualTo(location);
        assertThat(location.getParent()).isEqualTo(Path.of("/lake/shop"));
    }

    @Test
    void keepsNamesApart() {
        assertThat(TableLocation.of(TableIdentifier.of("shop", "a/b"), "s3://lake/w"))
                .isNotEqualTo(TableLocation.of(TableIdentifier.of("shop", "a//b"), "s3://lake/w"))
                .hasValueSatisfying(location -> assertThat(location).startsWith("s3://lake/w/shop/a_b-"));
    }

    @Test
    void refusesWhatItCannotPlace() {
        assertThatThrownBy(() -> TableLocation.of(TableIdentifier.of("shop", ".."), null))
                .isInstanceOf(DoLakeException.class)
                .hasMessageContaining("'shop...'");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SqliteNamesTest {

    @Test
    void lettersOfAsciiFold() {
        assertThat(SqliteNames.equal("OrderId", "orderID")).isTrue();
        assertThat(SqliteNames.fold("OrderId_Z[@`{")).isEqualTo("orderid_z[@`{");
        assertThat(SqliteNames.ORDER.compare("B", "a")).isPositive();
        assertThat(SqliteNames.ORDER.compare("ab", "A")).isPositive();
        assertThat(SqliteNames.ORDER.compare("AB", "ab")).isZero();
    }

    /** A5: Java folds these, SQLite does not. */
    @Test
    void noOtherLettersFold() {
        for (String[] pair : new String[][] {{"ä", "Ä"}, {"k", "\u212A"}, {"i", "\u0130"}, {"ı", "I"}, {"ſ", "s"}}) {
            assertThat(SqliteNames.equal(pair[0], pair[1])).isFalse();
            assertThat(SqliteNames.fold(pair[0])).isNotEqualTo(SqliteNames.fold(pair[1]));
            TreeMap<String, Integer> map = new TreeMap<>(SqliteNames.ORDER);
            map.put(pair[0], 1);
            map.put(pair[1], 2);
            assertThat(map).hasSize(2);
        }
        assertThat(SqliteNames.fold("ÄÖ")).isEqualTo("ÄÖ");
    }

    @Test
    void namesOfSqliteItselfAreInternal() {
        assertThat(SqliteNames.isInternal("SQLite_sequence")).isTrue();
        assertThat(SqliteNames.isInternal("sqlite")).isFalse();
        assertThat(SqliteNames.isInternal("\u017Fqlite_x")).isFalse();
    }

    @Test
    void theEmptyNameIsOne() {
        assertThat(SqliteNames.equal("", "")).isTrue();
        assertThat(SqliteNames.equal("", "a")).isFalse();
        assertThat(SqliteNames.fold("")).isEmpty();
    }
}

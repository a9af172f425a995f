/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoSqlPartitionTest {

    @Test
    void hasItsEntriesInTheOrderInWhichConnectStoresAndLooksForThem() {
        var partition = new DoSqlPartition("dosql", "shop").getSourcePartition();
        assertThat(List.copyOf(partition.keySet())).isEqualTo(List.copyOf(new HashMap<>(partition).keySet()));
    }

    @Test
    void cannotBeChanged() {
        assertThat(new DoSqlPartition("dosql", "shop").getSourcePartition()).isUnmodifiable();
    }
}

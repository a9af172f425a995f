/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/** Fault B11. The behaviour of real workers is tested by ci/worker-versions. */
class ConnectWorkerTest {
    @Test
    void aWorkerWithoutWhatIsNeededIsToldWithTheLeastVersion() throws Exception {
        try (URLClassLoader bare = new URLClassLoader(new URL[0], ClassLoader.getPlatformClassLoader())) {
            assertThat(ConnectWorker.fault(bare, "3.6.2"))
                    .hasValueSatisfying(
                            fault -> assertThat(fault).contains("Kafka 3.6.2", "Kafka Connect 3.7 or newer"));
        }
    }
}

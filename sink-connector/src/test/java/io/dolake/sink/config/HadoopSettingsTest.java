/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.catalog.Catalogs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HadoopSettingsTest {
    @TempDir
    Path directory;

    private final Map<String, String> settings = new HashMap<>();

    @BeforeEach
    void useHadoop() {
        settings.put("iceberg.catalog.type", "hadoop");
        settings.put("iceberg.catalog.warehouse", directory.resolve("warehouse").toString());
    }

    @Test
    void theCatalogHasWhatFilesAndPropertiesSay() throws Exception {
        write("core-site.xml", "dolake.a", "of the file");
        write("hive-site.xml", "dolake.b", "of the file");
        settings.put(HadoopSettings.CONF_DIR, directory.toString());
        settings.put(HadoopSettings.PREFIX + "dolake.b", "of the setting");
        try (HadoopCatalog catalog = (HadoopCatalog) Catalogs.open(settings)) {
            assertThat(catalog.getConf().get("dolake.a")).isEqualTo("of the file");
            assertThat(catalog.getConf().get("dolake.b")).isEqualTo("of the setting");
        }
    }

    @Test
    void nothingIsMadeWhereNothingIsSet() {
        assertThat(HadoopSettings.of(new SinkConfig(settings))).isNull();
    }

    @Test
    void aDirectoryThatIsNotThereIsAnError() {
        settings.put(HadoopSettings.CONF_DIR, directory.resolve("none").toString());
        assertThatThrownBy(() -> new SinkConfig(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("none: there is no such directory on this worker");
    }

    private void write(String file, String name, String value) throws Exception {
        Files.writeString(
                directory.resolve(file),
                "<configuration><property><name>" + name + "</name><value>" + value
                        + "</value></property></configuration>");
    }
}

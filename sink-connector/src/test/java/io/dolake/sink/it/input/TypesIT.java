/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.sink.config.SinkConfig;
import io.dolake.sink.config.TypeConfig;
import io.dolake.sink.testkit.FakeTopic;
import io.dolake.sink.testkit.LakeTest;
import io.dolake.sink.testkit.Worker;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.Test;

/** Types that are more than a Connect type, from records to rows that are updated and deleted. */
class TypesIT extends LakeTest {
    private static final Schema SPARSE = SchemaBuilder.struct()
            .name("io.debezium.data.SparseDoubleVector")
            .optional()
            .field("dimensions", Schema.INT16_SCHEMA)
            .field("vector", SchemaBuilder.map(Schema.INT16_SCHEMA, Schema.FLOAT64_SCHEMA))
            .build();
    private static final Schema ROW = SchemaBuilder.struct()
            .field("id", Schema.INT64_SCHEMA)
            .field(
                    "doc",
                    SchemaBuilder.string()
                            .name("io.debezium.data.Json")
                            .optional()
                            .build())
            .field(
                    "at",
                    SchemaBuilder.string()
                            .name("io.debezium.time.ZonedTime")
                            .optional()
                            .build())
            .field(
                    "floats",
                    SchemaBuilder.array(Schema.FLOAT32_SCHEMA)
                            .name("io.debezium.data.FloatVector")
                            .optional()
                            .build())
            .field("sparse", SPARSE)
            .build();

    @Test
    void variantsTimesAndVectorsAreWrittenUpdatedAndRead() {
        FakeTopic topic = new FakeTopic("dosql.shop.things", 0, "things").shape(ROW, "id");
        Struct sparse = new Struct(SPARSE).put("dimensions", (short) 9).put("vector", Map.of((short) 2, 0.5));
        topic.upsert("c", 1L, "{\"a\": 1}", "10:00:00+02:00", List.of(1.5f, 2f), sparse)
                .upsert("c", 2L, null, null, null, null)
                .upsert("c", 3L, "[]", "23:59:59Z", List.of(), null);
        drain(topic);
        topic.upsert("u", 2L, "\"text\"", "00:00:00Z", List.of(3f), sparse).delete(3L);
        drain(topic);
        assertThat(lake.table("things").schema().findType("doc")).isEqualTo(Types.VariantType.get());
        assertThat(lake.table("things").schema().findType("at")).isEqualTo(Types.TimeType.get());
        assertThat(lake.rows("things"))
                .containsExactlyInAnyOrder(
                        Map.of(
                                "id",
                                "1",
                                "doc",
                                "Variant(metadata=VariantMetadata(dict={0 => a}),"
                                        + " value=VariantObject(fields={a: Variant(type=INT8, value=1)}))",
                                "at",
                                "08:00",
                                "floats",
                                "[1.5, 2.0]",
                                "sparse",
                                "Record(9, {2=0.5})"),
                        Map.of(
                                "id",
                                "2",
                                "doc",
                                "Variant(metadata=VariantMetadata(dict={}), value=Variant(type=STRING, value=text))",
                                "at",
                                "00:00",
                                "floats",
                                "[3.0]",
                                "sparse",
                                "Record(9, {2=0.5})"));
    }

    @Test
    void variantsNeedTablesOfVersion3() {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(TypeConfig.JSON, "variant");
        settings.put(SinkConfig.AUTO_CREATE_PROPS_PREFIX + TableProperties.FORMAT_VERSION, "2");
        assertThatThrownBy(() -> new SinkConfig(settings))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("variants need 3");
    }

    private void drain(FakeTopic topic) {
        Map<String, String> settings = lake.settings("dolake-sink");
        settings.put(TypeConfig.JSON, "variant");
        settings.put(TypeConfig.ZONED_TIME, "time");
        Worker.drain(settings, topic);
    }
}

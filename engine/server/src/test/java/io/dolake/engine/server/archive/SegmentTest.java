/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.Lsn;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.Test;

class SegmentTest {
    @Test
    void damagedDataIsNotTakenForABlock() {
        byte[] packed = Segment.pack(new ByteSlice(new byte[2_000]));
        assertThat(packed.length).isLessThan(200);
        for (int cut : new int[] {0, 3, packed.length / 2}) {
            Segment segment = new Segment(4, Lsn.ZERO, Lsn.ZERO, 0, Arrays.copyOf(packed, cut), 0, null, 0);
            assertThatThrownBy(segment::unpack).hasMessageContaining("segment 4");
        }
        byte[] method = packed.clone();
        method[0] = 9;
        Segment segment = new Segment(4, Lsn.ZERO, Lsn.ZERO, 0, method, 0, null, 0);
        assertThatThrownBy(segment::unpack).hasMessageContaining("its method is 9");
    }

    @Test
    void damagedBlockLeavesNothingBehindForTheNext() {
        byte[] block = "a row like the one before. ".repeat(200).getBytes(StandardCharsets.UTF_8);
        byte[] packed = Segment.pack(new ByteSlice(block));
        byte[] damaged = packed.clone();
        Arrays.fill(damaged, damaged.length / 2, damaged.length, (byte) 0xff);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(new Segment(4, Lsn.ZERO, Lsn.ZERO, 0, damaged, 0, null, 0)::unpack)
                    .hasMessageContaining("segment 4");
            assertThat(new Segment(5, Lsn.ZERO, Lsn.ZERO, 0, packed, 0, null, 0)
                            .unpack()
                            .toBytes())
                    .isEqualTo(block);
            assertThat(Segment.pack(new ByteSlice(block))).isEqualTo(packed);
        }
    }

    @Test
    void noiseIsStoredAsItIs() {
        byte[] noise = new byte[5_000];
        new Random(7).nextBytes(noise);
        assertThat(Segment.pack(new ByteSlice(noise))).hasSize(5 + noise.length).startsWith(0, 0, 0, 0x13, 0x88);
    }

    @Test
    void segmentOfAnEarlierVersionIsRead() throws IOException {
        byte[] block = "deflated, as format 2 did. ".repeat(40).getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        packed.write(ByteBuffer.allocate(5).put((byte) 1).putInt(block.length).array());
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(packed)) {
            deflater.write(block);
        }
        Segment segment = new Segment(4, Lsn.ZERO, Lsn.ZERO, 0, packed.toByteArray(), 0, null, 0);
        ByteSlice unpacked = segment.unpack();
        assertThat(Arrays.copyOfRange(unpacked.array(), unpacked.offset(), unpacked.offset() + unpacked.length()))
                .isEqualTo(block);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.ByteSlice;
import io.dolake.schemas.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class SegmentObjectFormatTest {
    private static final String EPOCH = "00112233445566778899aabbccddeeff";

    private static Segment segment(Lsn previous) {
        byte[] data = Segment.pack(new ByteSlice("some changes".getBytes(StandardCharsets.UTF_8)));
        return Segment.unplaced(new Lsn(-3), new Lsn(-2), 7, data, 11).placed(5, previous, 1_700_000_000_000L);
    }

    private static int crc(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    /** The table of section 9.1, by its numbers. */
    @Test
    void everyFieldIsWhereTheSpecificationSays() {
        Segment segment = segment(new Lsn(4));
        byte[] object = SegmentObjectFormat.encode(EPOCH, segment);
        ByteBuffer at = ByteBuffer.wrap(object);
        assertThat(new String(object, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("DOSQLSEG");
        assertThat(at.getInt(8)).isEqualTo(1);
        assertThat(HexFormat.of().formatHex(object, 12, 28)).isEqualTo(EPOCH);
        assertThat(at.getLong(28)).isEqualTo(5);
        assertThat(at.getLong(36)).isEqualTo(-3);
        assertThat(at.getLong(44)).isEqualTo(-2);
        assertThat(at.getLong(52)).isEqualTo(4);
        assertThat(at.getInt(60)).isEqualTo(7);
        assertThat(at.getLong(64)).isEqualTo(11);
        assertThat(at.getLong(72)).isEqualTo(1_700_000_000_000L);
        assertThat(at.getLong(80)).isEqualTo(segment.data().length);
        assertThat(at.getInt(88)).isEqualTo(crc(object, 96, object.length));
        assertThat(at.getInt(92)).isEqualTo(crc(object, 0, 92));
        assertThat(Arrays.copyOfRange(object, 96, object.length)).isEqualTo(segment.data());
        assertThat(ByteBuffer.wrap(SegmentObjectFormat.encode(EPOCH, segment(null)))
                        .getLong(52))
                .isEqualTo(-1);
    }

    @Test
    void readsWhatItWrote() throws Exception {
        for (Lsn previous : new Lsn[] {null, Lsn.ZERO, new Lsn(9)}) {
            Segment segment = segment(previous);
            SegmentObjectFormat.Decoded decoded =
                    SegmentObjectFormat.decode(SegmentObjectFormat.encode(EPOCH, segment));
            assertThat(decoded.epoch()).isEqualTo(EPOCH);
            assertThat(decoded.segment()).usingRecursiveComparison().isEqualTo(segment);
        }
    }

    @Test
    void noByteCanBeChangedOrLeftOut() {
        byte[] object = SegmentObjectFormat.encode(EPOCH, segment(Lsn.ZERO));
        for (int i = 0; i < object.length; i++) {
            byte[] flipped = object.clone();
            flipped[i] ^= 4;
            assertThatThrownBy(() -> SegmentObjectFormat.decode(flipped))
                    .as("byte %s", i)
                    .isInstanceOf(SegmentObjectFormat.Malformed.class);
            byte[] cut = Arrays.copyOf(object, i);
            assertThatThrownBy(() -> SegmentObjectFormat.decode(cut))
                    .as("%s bytes", i)
                    .isInstanceOf(SegmentObjectFormat.Malformed.class);
        }
        assertThatThrownBy(() -> SegmentObjectFormat.decode(Arrays.copyOf(object, object.length + 1)))
                .isInstanceOf(SegmentObjectFormat.Malformed.class);
    }
}

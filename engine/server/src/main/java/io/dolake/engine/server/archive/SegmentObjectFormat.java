/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.archive;

import io.dolake.schemas.Lsn;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The form of an archived segment, as in section 9.1 of the specification: a header of fixed length, then the data. */
final class SegmentObjectFormat {
    static final int HEADER_BYTES = 96;

    private static final byte[] MAGIC = "DOSQLSEG".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int EPOCH_BYTES = 16;
    /** Stands for an unknown LSN; no position reaches it. */
    private static final long UNKNOWN = -1;

    private SegmentObjectFormat() {}

    /** The name of the object of a segment, below the root of the archive. */
    static String name(String database, String epoch, long id) {
        return database + "/" + epoch + "/_archive/wal/" + id + ".bin";
    }

    /** Encodes a segment; the same segment always gives the same bytes. */
    static byte[] encode(String epoch, Segment segment) {
        byte[] data = segment.data();
        ByteBuffer object = ByteBuffer.allocate(HEADER_BYTES + data.length)
                .put(MAGIC)
                .putInt(VERSION)
                .put(HexFormat.of().parseHex(epoch))
                .putLong(segment.id())
                .putLong(segment.start().value())
                .putLong(segment.end().value())
                .putLong(
                        segment.previous() == null
                                ? UNKNOWN
                                : segment.previous().value())
                .putInt(segment.part())
                .putLong(segment.events())
                .putLong(segment.createdAtMs())
                .putLong(data.length)
                .putInt((int) segment.checksum());
        object.putInt((int) crc(object.array(), object.position()));
        return object.put(data).array();
    }

    private static long crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }

    /**
     * The segment that an object holds.
     *
     * @throws Malformed with the reason, if not every byte is what {@link #encode} wrote
     */
    static Decoded decode(byte[] bytes) throws Malformed {
        if (bytes.length < HEADER_BYTES) {
            throw new Malformed("ends after " + bytes.length + " bytes, inside its header");
        }
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new Malformed("is not an archived segment");
        }
        ByteBuffer header = ByteBuffer.wrap(bytes).position(MAGIC.length);
        int version = header.getInt();
        if (version != VERSION) {
            throw new Malformed("has version " + version + ", not " + VERSION);
        }
        if ((int) crc(bytes, HEADER_BYTES - Integer.BYTES) != header.getInt(HEADER_BYTES - Integer.BYTES)) {
            throw new Malformed("has a damaged header: its checksum does not match");
        }
        byte[] epoch = new byte[EPOCH_BYTES];
        header.get(epoch);
        long id = header.getLong();
        Lsn start = new Lsn(header.getLong());
        Lsn end = new Lsn(header.getLong());
        long previous = header.getLong();
        int part = header.getInt();
        long events = header.getLong();
        long createdAtMs = header.getLong();
        long length = header.getLong();
        long checksum = Integer.toUnsignedLong(header.getInt());
        if (length != bytes.length - HEADER_BYTES) {
            throw new Malformed("has " + (bytes.length - HEADER_BYTES) + " bytes of data, not " + length);
        }
        byte[] data = Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length);
        if (Segment.checksum(data) != checksum) {
            throw new Malformed("has damaged data: its checksum does not match");
        }
        return new Decoded(
                HexFormat.of().formatHex(epoch),
                new Segment(
                        id,
                        start,
                        end,
                        part,
                        data,
                        events,
                        previous == UNKNOWN ? null : new Lsn(previous),
                        createdAtMs));
    }

    record Decoded(String epoch, Segment segment) {}

    /** Its message continues a sentence that begins with "object NAME". */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String reason) {
            super(reason);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.buffer;

import io.dolake.sink.row.ByteOutput;
import io.dolake.sink.row.EncodedRow;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;
import org.apache.kafka.common.TopicPartition;

/**
 * Rows without a key, in the order of their arrival. They are stored in a few large arrays, each row behind a header:
 * as separate objects they would cost the garbage collector more than their commit costs. The returned objects are
 * created on each call.
 */
final class AppendedRows extends AbstractList<BufferedRow> implements RandomAccess {
    /** Shape, partition, offset, length. */
    private static final int HEADER_BYTES = 3 * Integer.BYTES + Long.BYTES;

    /** Heap used by a row in addition to its encoded bytes: the header, its position, and unused room in arrays. */
    static final int OVERHEAD_BYTES = HEADER_BYTES + 2 * Long.BYTES;

    /** Arrays grow with their content, so that tables with few rows waste little. */
    private static final int SMALLEST_BYTES = 1 << 10;

    private static final int LARGEST_BYTES = 1 << 20;

    private final List<byte[]> arrays = new ArrayList<>();
    private final List<TopicPartition> partitions = new ArrayList<>();
    /** Number of the array, and the position in it. */
    private long[] places = new long[16];

    private int size;
    private ByteBuffer current = ByteBuffer.allocate(0);
    private int lastPartition;

    void add(int shape, byte[] row, TopicPartition partition, long offset) {
        int length = HEADER_BYTES + row.length;
        if (current.remaining() < length) {
            int next = Math.min(LARGEST_BYTES, Math.max(SMALLEST_BYTES, 2 * current.capacity()));
            current = ByteBuffer.allocate(Math.max(next, length));
            arrays.add(current.array());
        }
        if (size == places.length) {
            places = Arrays.copyOf(places, 2 * size);
        }
        places[size++] = (arrays.size() - 1L) << Integer.SIZE | current.position();
        current.putInt(shape)
                .putInt(number(partition))
                .putLong(offset)
                .putInt(row.length)
                .put(row);
    }

    private int number(TopicPartition partition) {
        if (partitions.isEmpty() || !partitions.get(lastPartition).equals(partition)) {
            lastPartition = partitions.indexOf(partition);
            if (lastPartition < 0) {
                lastPartition = partitions.size();
                partitions.add(partition);
            }
        }
        return lastPartition;
    }

    @Override
    public BufferedRow get(int index) {
        byte[] array = arrays.get((int) (places[index] >>> Integer.SIZE));
        int place = (int) places[index];
        int shape = (int) ByteOutput.INT.get(array, place);
        TopicPartition partition = partitions.get((int) ByteOutput.INT.get(array, place + Integer.BYTES));
        long offset = (long) ByteOutput.LONG.get(array, place + 2 * Integer.BYTES);
        int length = (int) ByteOutput.INT.get(array, place + HEADER_BYTES - Integer.BYTES);
        EncodedRow row = new EncodedRow(array, place + HEADER_BYTES, length);
        return new BufferedRow(null, new TableBuffer.Entry(shape, row, null, partition, offset));
    }

    @Override
    public int size() {
        return size;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.row;

import io.dolake.sink.types.Utf8;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * The canonical bytes of a key: equal for equal keys, whatever the width of their integers and floats. Values are given
 * in Iceberg's internal representation, in the order of the column names.
 */
public final class KeyBytes {
    /** Random, so that nobody can choose keys that collide. */
    private static final long SEED = new SecureRandom().nextLong();

    private final byte[] bytes;
    private final int hash;

    KeyBytes(byte[] bytes) {
        this.bytes = bytes;
        // Not Arrays.hashCode: for consecutive numbers as keys it has only a few thousand different values.
        this.hash = (int) KeyHash.of(bytes, SEED).low();
    }

    public static KeyBytes of(Object[] values) {
        ByteOutput out = new ByteOutput(16 * values.length);
        for (Object value : values) {
            write(value, out);
        }
        return new KeyBytes(out.toByteArray());
    }

    private static void write(Object value, ByteOutput out) {
        if (value == null) {
            out.writeByte('n');
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeByte('i');
            out.writeLong(((Number) value).longValue());
        } else if (value instanceof CharSequence text) {
            out.writeByte('s');
            out.writeBytes(Utf8.bytes(text.toString()));
        } else if (value instanceof Float || value instanceof Double) {
            double number = ((Number) value).doubleValue();
            out.writeByte('f');
            out.writeLong(Double.doubleToLongBits(number == 0 ? 0 : number));
        } else if (value instanceof Boolean flag) {
            out.writeByte('b');
            out.writeByte(flag ? 1 : 0);
        } else if (value instanceof ByteBuffer buffer) {
            byte[] content = new byte[buffer.remaining()];
            buffer.duplicate().get(content);
            out.writeByte('x');
            out.writeBytes(content);
        } else if (value instanceof byte[] content) {
            out.writeByte('x');
            out.writeBytes(content);
        } else if (value instanceof BigDecimal decimal) {
            BigDecimal plain = decimal.signum() == 0 ? BigDecimal.ZERO : decimal.stripTrailingZeros();
            out.writeByte('d');
            out.writeInt(plain.scale());
            out.writeBytes(plain.unscaledValue().toByteArray());
        } else if (value instanceof UUID uuid) {
            out.writeByte('u');
            out.writeLong(uuid.getMostSignificantBits());
            out.writeLong(uuid.getLeastSignificantBits());
        } else {
            throw new IllegalArgumentException(
                    "no key value: " + value.getClass().getName());
        }
    }

    /** A letter for the kind of each value. */
    public String kinds() {
        StringBuilder kinds = new StringBuilder();
        for (int at = 0; at < bytes.length; at = end(at)) {
            kinds.append((char) bytes[at]);
        }
        return kinds.toString();
    }

    /** Whether keys with such values may be equal; null is of no kind. */
    public static boolean areAlike(String kinds, String others) {
        boolean areAlike = kinds.length() == others.length();
        for (int i = 0; areAlike && i < kinds.length(); i++) {
            char kind = kinds.charAt(i);
            char other = others.charAt(i);
            areAlike = kind == other || kind == 'n' || other == 'n';
        }
        return areAlike;
    }

    /**
     * The same key with null in the columns that it lacks; names are in order, and the first list is a part of the
     * second.
     */
    public KeyBytes widened(List<String> from, List<String> to) {
        byte[] wider = new byte[bytes.length + to.size() - from.size()];
        int at = 0;
        int length = 0;
        for (String name : to) {
            if (from.contains(name)) {
                int end = end(at);
                System.arraycopy(bytes, at, wider, length, end - at);
                length += end - at;
                at = end;
            } else {
                wider[length++] = 'n';
            }
        }
        return new KeyBytes(wider);
    }

    /** The end of the value that starts here. */
    private int end(int at) {
        return switch ((char) bytes[at]) {
            case 'n' -> at + 1;
            case 'b' -> at + 2;
            case 'i', 'f' -> at + 1 + Long.BYTES;
            case 'u' -> at + 1 + 2 * Long.BYTES;
            case 'd' -> at + 1 + 2 * Integer.BYTES + (int) ByteOutput.INT.get(bytes, at + 1 + Integer.BYTES);
            default -> at + 1 + Integer.BYTES + (int) ByteOutput.INT.get(bytes, at + 1);
        };
    }

    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof KeyBytes key && hash == key.hash && Arrays.equals(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return hash;
    }
}

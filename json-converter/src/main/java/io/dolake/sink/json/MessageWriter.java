/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.util.Arrays;
import org.apache.kafka.connect.data.Schema;

/**
 * Writes messages of one schema: everything up to the payload is the same in each of them.
 *
 * @param start {@code {"schema":...,"payload":}, as JsonConverter has written it once
 * @param payload null if JsonConverter has to write each message
 */
record MessageWriter(Schema schema, byte[] start, PayloadWriter payload) {

    /** @param message a message of the schema, in which the payload begins behind {@code startBytes} */
    static MessageWriter of(Schema schema, byte[] message, int startBytes, PayloadReader.How how) {
        return new MessageWriter(schema, Arrays.copyOf(message, startBytes), PayloadWriter.of(schema, how));
    }

    /** The bytes of a message; {@link UnexpectedJson} or Connect's DataException for a value that does not fit. */
    byte[] write(JsonBuffer out, Object value) throws UnexpectedJson {
        out.clear();
        out.add(start);
        payload.write(out, value);
        out.add('}');
        return out.toBytes();
    }
}

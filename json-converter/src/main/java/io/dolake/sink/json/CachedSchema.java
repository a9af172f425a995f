/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.util.Arrays;
import org.apache.kafka.connect.data.Schema;

/** The text of a schema, the parsed schema, and the reader of its payloads. */
record CachedSchema(byte[] text, Schema schema, PayloadReader reader) {

    /**
     * Whether the text is at this position of a message. It is a whole JSON object, which ends where its text ends: a
     * message with this text has this schema and no other.
     */
    boolean isAt(byte[] message, int from) {
        return message.length - from > text.length
                && Arrays.equals(message, from, from + text.length, text, 0, text.length);
    }
}

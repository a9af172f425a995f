/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.json;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.storage.Converter;

/**
 * Kafka's {@link JsonConverter} for messages that each include their schema. Reading, the text of a schema is parsed
 * once, after that it is only compared, and the payload is read directly into values; writing, the text of a schema is
 * made once, after that it is only copied. It has the same settings ({@code
 * schemas.enable}, {@code schemas.cache.size}, ...) and the same results, except for values that JsonConverter would
 * change ({@link ExactValues}): a message that is not exactly in the form that JsonConverter writes is passed to a
 * JsonConverter. Equal schema texts give the same schema object. An object serves one thread, as Connect requires.
 */
public final class SchemaCachingJsonConverter implements Converter {
    private static final byte[] BEFORE_SCHEMA = "{\"schema\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] BEFORE_PAYLOAD = ",\"payload\":".getBytes(StandardCharsets.US_ASCII);
    /** JsonConverter's own. */
    private static final int DEFAULT_CACHE_SIZE = 1000;
    /** Set by users who have the schema in the configuration; then the messages have none. */
    private static final String SCHEMA_CONTENT = "schema.content";

    /**
     * The handling of a message that cannot be read: {@code throw}, Connect's default, or {@code refuse}: an {@link
     * Unreadable}.
     */
    static final String UNREADABLE = "unreadable";

    /** Its parser refuses longer texts; so the schema of a longer message is parsed without its payload. */
    private static final int JSON_CONVERTER_TEXT = 20_000_000;

    private static final byte[] BEFORE_ITEMS =
            "{\"schema\":{\"type\":\"array\",\"optional\":true,\"items\":".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER_ITEMS = "},\"payload\":null}".getBytes(StandardCharsets.US_ASCII);

    private final JsonConverter delegate = new JsonConverter();
    private final boolean isChecked;
    private TopicCache<ByteBuffer, CachedSchema> schemas;
    private boolean hasEnvelope;
    private boolean refuses;
    private PayloadReader.How how;
    private final JsonBuffer buffer = new JsonBuffer();
    private long delegatedMessages;
    /** Null if JsonConverter writes all messages. */
    private TopicCache<Schema, MessageWriter> writers;

    public SchemaCachingJsonConverter() {
        this(!StructValues.areKnown());
    }

    SchemaCachingJsonConverter(boolean isChecked) {
        this.isChecked = isChecked;
    }

    @Override
    public ConfigDef config() {
        return new ConfigDef(delegate.config())
                .define(
                        UNREADABLE,
                        ConfigDef.Type.STRING,
                        "throw",
                        ConfigDef.ValidString.in("throw", "refuse"),
                        ConfigDef.Importance.LOW,
                        "What to do with a message that cannot be read. throw: it fails the task, or is handled by"
                                + " errors.tolerance. refuse: the DoLake sink refuses it like any invalid record, with its"
                                + " topic and offset, and only its table is suspended. Other sinks need throw.");
    }

    @Override
    public void configure(Map<String, ?> configs, boolean isKey) {
        delegate.configure(configs, isKey);
        refuses = "refuse".equals(configs.get(UNREADABLE));
        Object content = configs.get(SCHEMA_CONTENT);
        boolean hasContent = content != null && !content.toString().isEmpty();
        hasEnvelope = !hasContent && flag(configs, "schemas.enable");
        how = new PayloadReader.How(flag(configs, "replace.null.with.default"), isChecked);
        Object size = configs.get("schemas.cache.size");
        int max = size == null ? DEFAULT_CACHE_SIZE : Math.max(1, Integer.parseInt(size.toString()));
        schemas = new TopicCache<>(max);
        writers = hasEnvelope && hasPlainDecimals(configs) ? new TopicCache<>(max) : null;
    }

    /**
     * Read here, and not by JsonConverter's own configuration class, because older workers lack some of its methods.
     */
    private static boolean flag(Map<String, ?> configs, String name) {
        Object value = configs.get(name);
        return value == null || Boolean.parseBoolean(value.toString().strip());
    }

    /** Decimals as their unscaled bytes, the default. */
    private static boolean hasPlainDecimals(Map<String, ?> configs) {
        Object format = configs.get("decimal.format");
        return format == null || format.toString().equalsIgnoreCase("BASE64");
    }

    /** What JsonConverter would write, but for the form of numbers with a fraction, see {@link PayloadWriter}. */
    @Override
    public byte[] fromConnectData(String topic, Schema schema, Object value) {
        if (writers == null || schema == null) {
            return delegated(topic, schema, value);
        }
        MessageWriter writer = writer(topic, schema);
        if (writer == null) {
            return learnToWrite(topic, schema, value);
        }
        if (writer.payload() != null) {
            try {
                return writer.write(buffer, value);
            } catch (UnexpectedJson | DataException e) {
                // JsonConverter explains what is wrong with the value.
            }
        }
        return delegated(topic, schema, value);
    }

    private byte[] delegated(String topic, Schema schema, Object value) {
        delegatedMessages++;
        return delegate.fromConnectData(topic, schema, value);
    }

    /** Null if the schema is not known. Comparing whole schemas takes longer than writing a message. */
    private MessageWriter writer(String topic, Schema schema) {
        MessageWriter last = writers.last(topic);
        if (last != null && last.schema() == schema) {
            return last;
        }
        MessageWriter known = writers.get(schema);
        if (known == null) {
            return null;
        }
        MessageWriter writer = new MessageWriter(schema, known.start(), known.payload());
        writers.use(topic, writer);
        return writer;
    }

    private byte[] learnToWrite(String topic, Schema schema, Object value) {
        byte[] message = delegated(topic, schema, value);
        int end = startsWith(message, 0, BEFORE_SCHEMA) ? JsonText.endOfObject(message, BEFORE_SCHEMA.length) : -1;
        if (end > 0 && startsWith(message, end, BEFORE_PAYLOAD)) {
            writers.put(topic, schema, MessageWriter.of(schema, message, end + BEFORE_PAYLOAD.length, how));
        }
        return message;
    }

    @Override
    public byte[] fromConnectData(String topic, Headers headers, Schema schema, Object value) {
        return fromConnectData(topic, schema, value);
    }

    /**
     * Like JsonConverter: {@link DataException} for invalid JSON, or JSON that does not fit its schema; or an {@link
     * Unreadable}.
     */
    @Override
    public SchemaAndValue toConnectData(String topic, byte[] message) {
        if (!refuses) {
            return convert(topic, message);
        }
        try {
            return convert(topic, message);
        } catch (RuntimeException | StackOverflowError e) {
            return new SchemaAndValue(null, Unreadable.of(e));
        }
    }

    private SchemaAndValue convert(String topic, byte[] message) {
        if (message == null || !hasEnvelope || !startsWith(message, 0, BEFORE_SCHEMA)) {
            return delegated(topic, message);
        }
        CachedSchema schema = schemas.last(topic);
        if (schema == null || !schema.isAt(message, BEFORE_SCHEMA.length)) {
            int end = JsonText.endOfObject(message, BEFORE_SCHEMA.length);
            if (end < 0) {
                return delegated(topic, message);
            }
            byte[] text = Arrays.copyOfRange(message, BEFORE_SCHEMA.length, end);
            schema = schemas.get(ByteBuffer.wrap(text));
            if (schema == null) {
                return learn(topic, message, text);
            }
            schemas.use(topic, schema);
        }
        SchemaAndValue read = read(schema, message, BEFORE_SCHEMA.length + schema.text().length);
        return read == null ? known(schema, delegated(topic, message)) : read;
    }

    private SchemaAndValue delegated(String topic, byte[] message) {
        delegatedMessages++;
        SchemaAndValue result = delegate.toConnectData(topic, message);
        boolean isExact = result.value() == null || result.schema() == null && !JsonText.mayHaveLargeNumber(message);
        return isExact
                ? result
                : new SchemaAndValue(
                        result.schema(), ExactValues.ofMessage(result.schema(), message, hasEnvelope, result.value()));
    }

    private SchemaAndValue learn(String topic, byte[] message, byte[] text) {
        if (message.length > JSON_CONVERTER_TEXT) {
            return learnFromSchema(topic, message, text);
        }
        SchemaAndValue result = delegated(topic, message);
        // The object must reach to the end, so that no other schema follows it, which JsonConverter would use instead.
        int payload = BEFORE_SCHEMA.length + text.length + BEFORE_PAYLOAD.length;
        boolean isWhole = startsWith(message, BEFORE_SCHEMA.length + text.length, BEFORE_PAYLOAD)
                && JsonText.endOfObject(message, payload) == message.length - 1;
        if (isWhole && result.schema() != null) {
            schemas.put(
                    topic,
                    ByteBuffer.wrap(text),
                    new CachedSchema(text, result.schema(), PayloadReader.of(result.schema(), how)));
        }
        return result;
    }

    private SchemaAndValue learnFromSchema(String topic, byte[] message, byte[] text) {
        byte[] array = Arrays.copyOf(BEFORE_ITEMS, BEFORE_ITEMS.length + text.length + AFTER_ITEMS.length);
        System.arraycopy(text, 0, array, BEFORE_ITEMS.length, text.length);
        System.arraycopy(AFTER_ITEMS, 0, array, BEFORE_ITEMS.length + text.length, AFTER_ITEMS.length);
        Schema schema = delegate.toConnectData(topic, array).schema().valueSchema();
        CachedSchema learnt = new CachedSchema(text, schema, PayloadReader.of(schema, how));
        SchemaAndValue read = read(learnt, message, BEFORE_SCHEMA.length + text.length);
        if (read == null) {
            return delegated(topic, message);
        }
        schemas.put(topic, ByteBuffer.wrap(text), learnt);
        return read;
    }

    /** Returns the same schema object as before, unless the value refers to another one. */
    private static SchemaAndValue known(CachedSchema schema, SchemaAndValue result) {
        boolean isStruct = result.value() instanceof org.apache.kafka.connect.data.Struct;
        return isStruct ? result : new SchemaAndValue(schema.schema(), result.value());
    }

    /** Null if the message is not in the form that is read here. */
    private SchemaAndValue read(CachedSchema schema, byte[] message, int at) {
        int last = message.length - 1;
        if (schema.reader() == null || message[last] != '}' || !startsWith(message, at, BEFORE_PAYLOAD)) {
            return null;
        }
        int from = at + BEFORE_PAYLOAD.length;
        try {
            PayloadCursor in = new PayloadCursor(message, from, last);
            Object value = schema.reader().read(in);
            return in.isAtEnd() ? new SchemaAndValue(schema.schema(), value) : null;
        } catch (UnexpectedJson | DataException e) {
            // JsonConverter reads it again: it knows more forms, and explains what is wrong with invalid ones.
            return null;
        }
    }

    /**
     * How many messages were handed to JsonConverter: the first of each schema, those in another form than Debezium's,
     * and tombstones. Few of them, or it does not do what it is for.
     */
    public long delegatedMessages() {
        return delegatedMessages;
    }

    private static boolean startsWith(byte[] message, int from, byte[] prefix) {
        return message.length - from > prefix.length
                && Arrays.equals(message, from, from + prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public void close() {
        delegate.close();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

import io.debezium.bean.StandardBeanNames;
import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.config.Field;
import io.debezium.connector.AbstractSourceInfo;
import io.debezium.connector.base.ChangeEventQueue;
import io.debezium.connector.base.QueueProviderService;
import io.debezium.connector.common.BaseSourceTask;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.common.DebeziumHeaderProducer;
import io.debezium.data.Envelope;
import io.debezium.heartbeat.HeartbeatFactory;
import io.debezium.pipeline.ChangeEventSourceCoordinator;
import io.debezium.pipeline.DataChangeEvent;
import io.debezium.pipeline.ErrorHandler;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.spi.Offsets;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.TableId;
import io.debezium.schema.SchemaFactory;
import io.debezium.schema.SchemaNameAdjuster;
import io.debezium.snapshot.SnapshotterService;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.dolake.schemas.DoLakeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/** Streams some databases of one engine. Public because Kafka Connect builds it by name. */
public final class DoSqlConnectorTask extends BaseSourceTask<DoSqlPartition, DoSqlOffsetContext> {
    private static final String CONTEXT_NAME = "dosql-connector-task";
    /** Longest wait for records before the queue is asked for errors, and Connect gets its turn. */
    private static final Duration IDLE_WAIT = Duration.ofMillis(50);

    private static final Duration LOOK = Duration.ofMillis(2);

    private volatile DoSqlTaskContext taskContext;
    private volatile DoSqlConnectorConfig config;
    private volatile ChangeEventQueue<DataChangeEvent> queue;
    private volatile EngineConnection engine;
    private volatile DoSqlDatabaseSchema schema;
    private volatile ErrorHandler errorHandler;
    private volatile DatabaseStates states;
    private volatile DoSqlChangeEventSourceCoordinator running;
    private volatile boolean workerDropsRecords;
    /** Used only by the thread that polls. */
    private int polled;

    @Override
    public String version() {
        return Module.version();
    }

    @Override
    public CdcSourceTaskContext<? extends CommonConnectorConfig> preStart(Configuration configuration) {
        config = new DoSqlConnectorConfig(configuration);
        taskContext = new DoSqlTaskContext(configuration, config);
        return taskContext;
    }

    @Override
    protected ChangeEventSourceCoordinator<DoSqlPartition, DoSqlOffsetContext> start(Configuration configuration) {
        @SuppressWarnings("unchecked")
        TopicNamingStrategy<TableId> topics =
                config.getTopicNamingStrategy(CommonConnectorConfig.TOPIC_NAMING_STRATEGY, true);
        SchemaNameAdjuster names = config.schemaNameAdjuster();
        engine = new ClientEngineConnection(config);
        workerDropsRecords = config.run().workerDropsRecords();
        Offsets<DoSqlPartition, DoSqlOffsetContext> offsets = previousOffsets();

        registerServiceProviders(config.getServiceRegistry());
        schema = new DoSqlDatabaseSchema(
                config,
                topics,
                names,
                config.getServiceRegistry().tryGetService(CustomConverterRegistry.class),
                taskContext);
        registerBeans(configuration, offsets);
        queue = new ChangeEventQueue.Builder<DataChangeEvent>()
                .pollInterval(config.getPollInterval())
                .maxBatchSize(config.getMaxBatchSize())
                .maxQueueSize(config.getMaxQueueSize())
                .maxQueueSizeInBytes(config.getMaxQueueSizeInBytes())
                .queueProvider(config.getServiceRegistry()
                        .tryGetService(QueueProviderService.class)
                        .getQueueProvider())
                .loggingContextSupplier(() -> taskContext.configureLoggingContext(CONTEXT_NAME))
                .build();
        errorHandler = new DoSqlErrorHandler(config, queue, errorHandler);
        return startCoordinator(topics, names, offsets);
    }

    private ChangeEventSourceCoordinator<DoSqlPartition, DoSqlOffsetContext> startCoordinator(
            TopicNamingStrategy<TableId> topics,
            SchemaNameAdjuster names,
            Offsets<DoSqlPartition, DoSqlOffsetContext> offsets) {
        SnapshotterService snapshotters = config.getServiceRegistry().tryGetService(SnapshotterService.class);
        DoSqlEventMetadataProvider metadata = new DoSqlEventMetadataProvider();
        Signals signals = new Signals(config, getAvailableSignalChannels(), offsets);
        EventDispatcher<DoSqlPartition, TableId> dispatcher = new EventDispatcher<>(
                config,
                topics,
                schema,
                queue,
                config.getTableFilters().dataCollectionFilter(),
                DataChangeEvent::new,
                metadata,
                new HeartbeatFactory<>().getScheduledHeartbeat(config, null, null, queue),
                names,
                signals,
                config.getServiceRegistry().tryGetService(DebeziumHeaderProducer.class));
        NotificationService<DoSqlPartition, DoSqlOffsetContext> notifications = new NotificationService<>(
                getNotificationChannels(), config, SchemaFactory.get(), dispatcher::enqueueNotification);
        DoSqlStreamingChangeEventSource streaming =
                new DoSqlStreamingChangeEventSource(config, engine, schema, dispatcher, this::utilization);
        states = new DatabaseStates(config);
        DoSqlChangeEventSourceCoordinator coordinator = new DoSqlChangeEventSourceCoordinator(
                offsets,
                errorHandler,
                config,
                engine,
                new DoSqlChangeEventSourceFactory(config, engine, schema, dispatcher, snapshotters, streaming),
                dispatcher,
                schema,
                signals,
                notifications,
                snapshotters,
                states,
                new DeadLetters(config.run().deadLetterTopic(), !config.run().keepsColumnsBack(), queue),
                this::previousOffset);
        TopicClaims claims = new TopicClaims(
                engine, topics, schema, table -> schema.isCaptured(table) && !states.isSuspended(table));
        schema.onNewTable(claims::check);
        running = coordinator;
        states.open(coordinator::resume);
        coordinator.start(taskContext, queue, metadata);
        return coordinator;
    }

    private Offsets<DoSqlPartition, DoSqlOffsetContext> previousOffsets() {
        Map<DoSqlPartition, DoSqlOffsetContext> offsets = new LinkedHashMap<>();
        DoSqlPartition.Provider partitions =
                new DoSqlPartition.Provider(config.getLogicalName(), config.taskDatabases());
        for (DoSqlPartition partition : partitions.getPartitions()) {
            try {
                offsets.put(partition, previousOffset(partition));
            } catch (DoLakeException e) {
                // read again, and told, where it harms this database only
                offsets.put(partition, null);
            }
        }
        return Offsets.of(offsets);
    }

    /** The stored offset of a database, or null. */
    private DoSqlOffsetContext previousOffset(DoSqlPartition partition) {
        return getPreviousOffsets(() -> Set.of(partition), new DoSqlOffsetContext.Loader(config, partition.database()))
                .getOffsets()
                .get(partition);
    }

    private void registerBeans(Configuration configuration, Offsets<DoSqlPartition, DoSqlOffsetContext> offsets) {
        config.getBeanRegistry().add(StandardBeanNames.CONFIGURATION, configuration);
        config.getBeanRegistry().add(StandardBeanNames.CONNECTOR_CONFIG, config);
        config.getBeanRegistry().add(StandardBeanNames.DATABASE_SCHEMA, schema);
        config.getBeanRegistry().add(StandardBeanNames.OFFSETS, offsets);
        config.getBeanRegistry().add(StandardBeanNames.CDC_SOURCE_TASK_CONTEXT, taskContext);
    }

    private double utilization() {
        return 1 - (double) queue.remainingCapacity() / queue.totalCapacity();
    }

    @Override
    protected String connectorName() {
        return Module.name();
    }

    @Override
    protected List<SourceRecord> doPoll() throws InterruptedException {
        awaitRecords();
        List<SourceRecord> records = pollRecords(queue);
        records.replaceAll(record -> new PolledRecord(record, polled++));
        return records;
    }

    /**
     * The framework's queue spends the last millisecond of each of its waits in a loop: with a short poll interval, an
     * idle task would be busy for much of its time. So it is only asked when something is in it, or now and then.
     */
    private void awaitRecords() throws InterruptedException {
        long deadline = System.nanoTime() + IDLE_WAIT.toNanos();
        while (queue.remainingCapacity() == queue.totalCapacity() && System.nanoTime() - deadline < 0) {
            Thread.sleep(LOOK.toMillis());
        }
    }

    @Override
    protected Optional<ErrorHandler> getErrorHandler() {
        return Optional.ofNullable(errorHandler);
    }

    /** Without metadata where the worker has dropped the record, which it does with {@code errors.tolerance=all}. */
    @Override
    public void commitRecord(SourceRecord record, RecordMetadata metadata) throws InterruptedException {
        if (metadata == null
                && workerDropsRecords
                && record.value() instanceof Struct value
                && value.schema().field(Envelope.FieldName.SOURCE) != null) {
            Struct source = value.getStruct(Envelope.FieldName.SOURCE);
            running.dropped(
                    new TableId(
                            source.getString(AbstractSourceInfo.DATABASE_NAME_KEY),
                            null,
                            source.getString(AbstractSourceInfo.TABLE_NAME_KEY)),
                    source.getInt64(SourceInfo.LSN_KEY) + ":" + source.getInt64(SourceInfo.EVENT_KEY));
        }
        super.commitRecord(record, metadata);
    }

    @Override
    protected void doStop() {
        if (engine != null) {
            engine.close();
        }
        if (states != null) {
            states.close();
        }
        if (schema != null) {
            schema.close();
        }
        if (queue != null) {
            queue.close();
        }
    }

    @Override
    protected Iterable<Field> getAllConfigurationFields() {
        return DoSqlConnectorConfig.ALL_FIELDS;
    }
}

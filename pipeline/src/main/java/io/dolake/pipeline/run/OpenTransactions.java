/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka transactions that a killed process left open. Whoever reads what is committed waits for their end, the starting
 * worker too: a minute, unless they are ended for it. Only for a moment in which no producer of the broker is alive.
 */
final class OpenTransactions {
    private static final Logger LOGGER = LoggerFactory.getLogger(OpenTransactions.class);
    private static final int TIMEOUT_MS = 20_000;

    private OpenTransactions() {}

    static void abort(String bootstrapServers) {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
        try (Admin admin = Admin.create(settings)) {
            Set<String> open = admin
                    .listTransactions(new ListTransactionsOptions().filterStates(Set.of(TransactionState.ONGOING)))
                    .all()
                    .get()
                    .stream()
                    .map(TransactionListing::transactionalId)
                    .collect(Collectors.toSet());
            if (!open.isEmpty()) {
                LOGGER.info("Aborting the transactions that the last process left open: {}", open);
                admin.fenceProducers(open).all().get();
            }
        } catch (ExecutionException e) {
            LOGGER.warn("Cannot abort open transactions: {}; they end by themselves in a minute", e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

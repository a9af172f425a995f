/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.connect.rest.ConnectRestExtension;
import org.apache.kafka.connect.rest.ConnectRestExtensionContext;

/**
 * Carries what the source's tasks show in JMX to the other commands, which run in processes of their own: over the REST
 * interface of the worker of {@code up}, below {@code /pipeline}. On a worker of one's own there is JMX.
 */
public final class SourceExtension implements ConnectRestExtension {
    @Override
    public void register(ConnectRestExtensionContext context) {
        context.configurable().register(new Resource());
    }

    @Override
    public String version() {
        return "0.1.0";
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}

    /** Made for the REST server, which wants it public. */
    @Path("/pipeline")
    @Produces(MediaType.APPLICATION_JSON)
    public static final class Resource {
        private static final String BEANS = "io.dolake:type=source-task,*";

        private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

        Resource() {}

        /** The databases of all source tasks: a JSON array for each task, as its {@code DatabasesJson} has it. */
        @GET
        @Path("/databases")
        public String databases() {
            return beans().stream()
                    .map(bean -> (String) call(() -> server.getAttribute(bean, "DatabasesJson")))
                    .collect(Collectors.joining(",", "[", "]"));
        }

        /**
         * Brings a database or a table back.
         *
         * @param collection {@code database} or {@code database.table}
         * @return {@code {"resumed": whether a task has it}}
         */
        @POST
        @Path("/resume")
        public String resume(@QueryParam("collection") String collection) {
            boolean isResumed = false;
            for (ObjectName bean : beans()) {
                isResumed |= (Boolean) call(() -> server.invoke(
                        bean, "resume", new Object[] {collection}, new String[] {String.class.getName()}));
            }
            return "{\"resumed\": " + isResumed + "}";
        }

        private Set<ObjectName> beans() {
            return call(() -> server.queryNames(new ObjectName(BEANS), null));
        }

        private interface Call<T> {
            T make() throws JMException;
        }

        private static <T> T call(Call<T> call) {
            try {
                return call.make();
            } catch (JMException e) {
                throw new IllegalStateException("Cannot ask the source's tasks: " + e.getMessage(), e);
            }
        }
    }
}

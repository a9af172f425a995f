/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.rest;

import jakarta.ws.rs.BadRequestException;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sink tasks of this worker; those of a connector's other workers answer there. Times are in ms since 1970. */
@Path("/dolake")
@Produces(MediaType.APPLICATION_JSON)
public final class SinkResource {
    /** Longest time that a request may wait for a flush. */
    static final long MAX_TIMEOUT_MS = 60_000;

    private final SinkBeans beans;

    SinkResource(SinkBeans beans) {
        this.beans = beans;
    }

    /** All tasks of all sink connectors: {@code {"tasks": [...]}}. */
    @GET
    @Path("/status")
    public Map<String, Object> status() {
        return Map.of("tasks", beans.tasks(null));
    }

    /** The tasks of one connector; 404 if none runs on this worker. */
    @GET
    @Path("/connectors/{connector}/status")
    public Map<String, Object> status(@PathParam("connector") String connector) {
        return Map.of("tasks", known(connector));
    }

    /**
     * Commits everything that the tasks have buffered, and waits for it: 200 with {@code {"flushed": true}}, 504 with false when
     * it took longer, and then it goes on. Records that arrive meanwhile are not waited for.
     */
    @POST
    @Path("/connectors/{connector}/flush")
    public Response flush(
            @PathParam("connector") String connector, @QueryParam("timeoutMs") @DefaultValue("30000") long timeoutMs) {
        if (timeoutMs < 0 || timeoutMs > MAX_TIMEOUT_MS) {
            throw new BadRequestException("Cannot flush: timeoutMs must be 0 to " + MAX_TIMEOUT_MS);
        }
        known(connector);
        boolean isFlushed = beans.flush(connector, timeoutMs);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("flushed", isFlushed);
        answer.put("tasks", beans.tasks(connector));
        return Response.status(isFlushed ? Response.Status.OK : Response.Status.GATEWAY_TIMEOUT)
                .entity(answer)
                .build();
    }

    private List<Map<String, Object>> known(String connector) {
        List<Map<String, Object>> tasks = beans.tasks(connector);
        if (tasks.isEmpty()) {
            throw new NotFoundException("No task of a DoLake sink connector '" + connector
                    + "' runs on this worker; GET /connectors/NAME/status shows the workers of its tasks");
        }
        return tasks;
    }
}

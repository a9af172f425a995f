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
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * The sink tasks of the whole cluster, on any worker: tasks of other workers are queried there, unless {@code
 * local=true} limits the answer to this worker. A worker that does not answer is named under {@code unreachable}. Times
 * are in ms since 1970.
 */
@Path("/dolake")
@Produces(MediaType.APPLICATION_JSON)
public final class SinkResource {
    /** Longest time that a request may wait for a flush. */
    static final long MAX_TIMEOUT_MS = 60_000;
    /**
     * Time limit for a task to notice a resume request; it checks once a second, unless it is waiting for something.
     */
    private static final long RESUME_TIMEOUT_MS = 20_000;

    private final SinkBeans beans;
    private final OtherWorkers others;

    @Context
    private UriInfo uri;

    @Context
    private HttpHeaders headers;

    SinkResource(SinkBeans beans, OtherWorkers others) {
        this.beans = beans;
        this.others = others;
    }

    /** All tasks of all sink connectors: {@code {"tasks": [...]}}. */
    @GET
    @Path("/status")
    public Map<String, Object> status(@QueryParam(OtherWorkers.LOCAL) boolean isLocal) {
        return collect(null, "/status", "tasks", beans.tasks(null), isLocal);
    }

    /** The tasks of one connector; 404 if the cluster has no such sink. */
    @GET
    @Path("/connectors/{connector}/status")
    public Map<String, Object> status(
            @PathParam("connector") String connector, @QueryParam(OtherWorkers.LOCAL) boolean isLocal) {
        known(connector, isLocal);
        return collect(connector, path(connector) + "/status", "tasks", beans.tasks(connector), isLocal);
    }

    /**
     * The tables of one connector, for each task that has met them, and suspended partitions: {@code {"tables":
     * [...]}}.
     */
    @GET
    @Path("/connectors/{connector}/tables")
    public Map<String, Object> tables(
            @PathParam("connector") String connector, @QueryParam(OtherWorkers.LOCAL) boolean isLocal) {
        known(connector, isLocal);
        return collect(connector, path(connector) + "/tables", "tables", beans.tables(connector), isLocal);
    }

    /**
     * Resumes a suspended table, in all tasks in which it is suspended: 200 with {@code {"resumed": n}}, n tasks; else
     * the status of the error, with {@code error_code} and {@code message}.
     *
     * @param from {@code held} or {@code start}; empty: the task decides
     */
    @POST
    @Path("/connectors/{connector}/tables/{table}/resume")
    public Response resume(
            @PathParam("connector") String connector,
            @PathParam("table") String table,
            @QueryParam("from") @DefaultValue("") String from,
            @QueryParam(OtherWorkers.LOCAL) boolean isLocal) {
        known(connector, isLocal);
        List<CompletableFuture<OtherWorkers.Answer>> asked = isLocal
                ? List.of()
                : ask(
                        connector,
                        new OtherWorkers.Question(
                                "POST",
                                path(connector) + "/tables/" + encoded(table) + "/resume",
                                Map.of("from", encoded(from)),
                                Duration.ofMillis(RESUME_TIMEOUT_MS)));
        Resumed resumed = Resumed.of(beans.resume(connector, table, from, RESUME_TIMEOUT_MS));
        for (CompletableFuture<OtherWorkers.Answer> answer : asked) {
            resumed = resumed.plus(answer.join());
        }
        return resumed.response(table);
    }

    /**
     * Commits everything that the tasks have buffered, and waits for it: 200 with {@code {"flushed": true}}, 504 with
     * false if it took longer; the commits then continue. Records that arrive meanwhile are not waited for.
     */
    @POST
    @Path("/connectors/{connector}/flush")
    public Response flush(
            @PathParam("connector") String connector,
            @QueryParam("timeoutMs") @DefaultValue("30000") long timeoutMs,
            @QueryParam(OtherWorkers.LOCAL) boolean isLocal) {
        if (timeoutMs < 0 || timeoutMs > MAX_TIMEOUT_MS) {
            throw new BadRequestException("Cannot flush: timeoutMs must be 0 to " + MAX_TIMEOUT_MS);
        }
        known(connector, isLocal);
        // Flushes on other workers start before this worker's own are waited for.
        List<CompletableFuture<OtherWorkers.Answer>> asked = isLocal
                ? List.of()
                : ask(
                        connector,
                        new OtherWorkers.Question(
                                "POST",
                                path(connector) + "/flush",
                                Map.of("timeoutMs", Long.toString(timeoutMs)),
                                Duration.ofMillis(timeoutMs)));
        boolean isFlushed = beans.flush(connector, timeoutMs);
        List<OtherWorkers.Answer> answers =
                asked.stream().map(CompletableFuture::join).toList();
        for (OtherWorkers.Answer answer : answers) {
            isFlushed &= Boolean.TRUE.equals(answer.body().get("flushed"));
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("flushed", isFlushed);
        body.putAll(merged("tasks", beans.tasks(connector), answers));
        return Response.status(isFlushed ? Response.Status.OK : Response.Status.GATEWAY_TIMEOUT)
                .entity(body)
                .build();
    }

    private List<CompletableFuture<OtherWorkers.Answer>> ask(String connector, OtherWorkers.Question question) {
        return others.ask(others.of(connector, here(connector)), question, uri, headers);
    }

    private Map<String, Object> collect(
            String connector, String path, String what, List<Map<String, Object>> mine, boolean isLocal) {
        if (isLocal) {
            return merged(what, mine, List.of());
        }
        OtherWorkers.Question question = new OtherWorkers.Question("GET", path, Map.of(), Duration.ZERO);
        return merged(
                what,
                mine,
                ask(connector, question).stream().map(CompletableFuture::join).toList());
    }

    private static Map<String, Object> merged(
            String what, List<Map<String, Object>> mine, List<OtherWorkers.Answer> answers) {
        List<Map<String, Object>> all = new ArrayList<>(mine);
        List<Map<String, Object>> unreachable = new ArrayList<>();
        for (OtherWorkers.Answer answer : answers) {
            all.addAll(answer.objects(what));
            if (!answer.body().containsKey(what)) {
                unreachable.add(Map.of("worker", answer.worker(), "error", answer.message()));
            }
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(what, all);
        if (!unreachable.isEmpty()) {
            body.put("unreachable", unreachable);
        }
        return body;
    }

    private Set<String> here(String connector) {
        Set<String> here = new TreeSet<>();
        beans.tasks(connector).forEach(task -> here.add(task.get("connector") + "/" + task.get("task")));
        return here;
    }

    private void known(String connector, boolean isLocal) {
        if (!isLocal && beans.tasks(connector).isEmpty() && !others.knows(connector)) {
            throw new NotFoundException(
                    "Cannot find sink connector '" + connector + "': GET /connectors lists what there is");
        }
    }

    private static String path(String connector) {
        return "/connectors/" + encoded(connector);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

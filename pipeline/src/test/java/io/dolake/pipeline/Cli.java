/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.Home;
import io.dolake.pipeline.run.Ports;
import io.dolake.pipeline.run.RunningProcess;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands as the launcher does, on one directory. What {@code up --detach} starts is a process of its own. */
public final class Cli {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path dir;

    public Cli(Path dir) {
        System.setProperty("dolake.home", repository().toString());
        this.dir = dir;
    }

    public static Path repository() {
        return Path.of("..").toAbsolutePath().normalize();
    }

    /** What a command printed and its exit status. */
    public record Result(int status, String out, String err) {
        public Result succeeded() {
            assertThat(status).as("%s%s", out, err).isZero();
            return this;
        }

        public Result failed(String code) {
            assertThat(status).as("%s%s", out, err).isEqualTo(1);
            assertThat(err).startsWith(code + ": ").doesNotContain("\tat ");
            return this;
        }

        public List<JsonNode> json() {
            List<JsonNode> nodes = new ArrayList<>();
            out.lines().forEach(line -> nodes.add(parse(line)));
            return nodes;
        }
    }

    public static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + line, e);
        }
    }

    public Result run(String... arguments) {
        return runWithInput("", arguments);
    }

    Result runWithInput(String input, String... arguments) {
        List<String> all = new ArrayList<>(List.of("--dir", dir.toString()));
        all.addAll(List.of(arguments));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream outStream = new PrintStream(out, false, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(err, false, StandardCharsets.UTF_8);
        int status = Main.run(
                all,
                new Main.Streams(
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), outStream, errStream));
        outStream.flush();
        errStream.flush();
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Starts the pipeline in a process of its own, on any free ports. */
    public Result up() {
        return run("up", "--detach", "--engine-port", "0", "--kafka-port", "0", "--connect-port", "0");
    }

    /** REST of the worker that runs. */
    public ConnectRest connect() {
        return PipelineCommand.connect(Ports.last(Home.of(dir)));
    }

    /** Ends the process at once, as a power cut does to a program. */
    public void kill() {
        RunningProcess.of(Home.of(dir)).ifPresent(process -> {
            ProcessHandle handle = ProcessHandle.of(process.pid()).orElseThrow();
            handle.destroyForcibly();
            handle.onExit().orTimeout(20, TimeUnit.SECONDS).join();
        });
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.health;

import io.dolake.pipeline.run.ConnectRest;
import io.dolake.pipeline.run.EngineRest;
import io.dolake.pipeline.run.Pipeline;
import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import io.dolake.schemas.RunState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Resumes what does not work. Whether that succeeded shows at the next check of {@link Health}. */
public final class Repair {
    private final ConnectRest connect;
    private final EngineRest engine;
    private final Health health;
    private final String from;

    /**
     * @param from where a table of the lake resumes: {@code held}, {@code start}, or empty where the sink may choose
     */
    public Repair(ConnectRest connect, EngineRest engine, Health health, String from) {
        this.connect = connect;
        this.engine = engine;
        this.health = health;
        this.from = from;
    }

    /**
     * @param names connectors, databases, tables; none for everything that does not work
     * @param isOfLake only what sinks have suspended
     * @return what was done, in sentences
     * @throws DoLakeException INVALID_ARGUMENT if nothing of a name can be resumed
     */
    public List<String> resume(List<String> names, boolean isOfLake) {
        List<Ailment> ailments = health.ailments().stream()
                .filter(ailment -> !isOfLake || isOfLake(ailment))
                .toList();
        List<String> done = new ArrayList<>();
        for (String name : names) {
            int before = done.size();
            resume(name, ailments, done);
            if (done.size() == before) {
                throw new DoLakeException(
                                ErrorCode.INVALID_ARGUMENT,
                                "Cannot resume " + name + ": nothing of that name has failed or is suspended")
                        .withHint("./dolake status shows what does not work.");
            }
        }
        if (names.isEmpty()) {
            Set<String> all = new LinkedHashSet<>();
            ailments.forEach(
                    ailment -> all.add(ailment.kind() == Ailment.Kind.TASK ? ailment.where() : ailment.name()));
            all.forEach(name -> resume(name, ailments, done));
        }
        return done;
    }

    private static boolean isOfLake(Ailment ailment) {
        return ailment.kind() == Ailment.Kind.TABLE && !ailment.where().equals(Pipeline.SOURCE);
    }

    private void resume(String name, List<Ailment> ailments, List<String> done) {
        boolean isRestarted = false;
        for (Ailment ailment : ailments) {
            boolean isTask =
                    ailment.kind() == Ailment.Kind.TASK && ailment.where().equals(name);
            if (!ailment.name().equals(name) && !isTask) {
                continue;
            }
            switch (ailment.kind()) {
                case TASK, CONNECTOR -> {
                    if (!isRestarted) {
                        connector(name, ailment, done);
                    }
                    isRestarted = true;
                }
                case DATABASE, TABLE -> suspended(ailment, done);
                case PART -> {
                    // It does not answer, so no request can reach it.
                }
            }
        }
    }

    private void connector(String name, Ailment ailment, List<String> done) {
        if (ailment.state() == RunState.PAUSED || ailment.state() == RunState.STOPPED) {
            connect.resume(name);
            done.add("connector " + name + " continues");
        } else if (ailment.state() == RunState.FAILED) {
            connect.restartFailed(name);
            done.add("connector " + name + ": its failed parts are restarted");
        }
    }

    private void suspended(Ailment ailment, List<String> done) {
        String what = ailment.kind().text() + " " + ailment.name();
        if (ailment.where().equals(Pipeline.SOURCE)) {
            if (connect.resumeSource(ailment.name())) {
                done.add(what + " is resumed by the source");
            }
        } else if (isOfLake(ailment)) {
            connect.resumeTable(ailment.where(), ailment.name(), from);
            done.add(what + " is resumed by the sink");
        } else if (ailment.state() == RunState.SUSPENDED) {
            engine.resume(ailment.name());
            done.add(what + " is opened again by the engine");
        }
    }
}

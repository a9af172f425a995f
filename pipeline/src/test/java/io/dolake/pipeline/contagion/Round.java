/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.pipeline.Cli;
import io.dolake.pipeline.contagion.Fault.Scope;
import io.dolake.pipeline.health.Ailment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;

/**
 * Some faults strike one world, one after the other; then the pipeline is stopped or killed and started again, and
 * those strike that need it. After each it is seen that what it made sick is named with its code and nobody else is, at
 * the end that everybody else equals its source; then all are cured, and are equal too.
 */
final class Round {
    private static final Duration SEEN_WITHIN = Duration.ofSeconds(90);
    private static final Duration VERIFIED_WITHIN = Duration.ofSeconds(120);
    private static final Duration CURED_WITHIN = Duration.ofSeconds(120);
    private static final Duration WRITTEN_WITHIN = Duration.ofSeconds(60);
    private static final int WRITES_BETWEEN = 8;
    private static final int VERIFIED_AT_ONCE = 4;

    private final World world;
    private final List<Struck> all;
    /** Those that have struck so far. */
    private final List<Struck> struck = new ArrayList<>();

    private final Findings findings;
    private final Set<Struck> told = new HashSet<>();
    private boolean isStarted;

    /** A fault and where it strikes. */
    record Struck(Fault fault, Site site) {
        boolean isNamedBy(Ailment ailment) {
            String name = ailment.kind() == Ailment.Kind.TABLE ? ailment.table() : ailment.name();
            return name.equals(site.sickName()) && fault.codes().contains(ailment.code());
        }

        boolean isNamedAmong(List<Ailment> ailments) {
            return ailments.stream().anyMatch(this::isNamedBy);
        }

        @Override
        public String toString() {
            return fault + " at " + site.sickName();
        }
    }

    Round(World world, Places places, List<Fault> faults) {
        this.world = world;
        this.all = places.of(world, faults);
        this.findings = new Findings(world, struck);
    }

    void run(Random random) throws Exception {
        for (Struck one : all) {
            if (!one.fault().isStruckStopped()) {
                world.workload().awaitMore(world.well(), WRITES_BETWEEN, WRITTEN_WITHIN);
                strike(one);
                awaitSeen(one + " is seen", List.of(one));
            }
        }
        boolean isKilled = random.nextBoolean();
        say(isKilled ? "the pipeline is killed" : "the pipeline is stopped");
        world.outage(isKilled, () -> {
            for (Struck one : all) {
                if (one.fault().isStruckStopped()) {
                    strike(one);
                }
            }
        });
        isStarted = true;
        awaitSeen("all are seen after the start", struck);
        world.workload().awaitMore(world.well(), WRITES_BETWEEN, WRITTEN_WITHIN);
        verify("while " + findings.sick() + " are sick");
        cure();
        nothingWasRefused();
    }

    private void strike(Struck one) {
        say(one + " strikes");
        if (one.fault().scope() == Scope.DATABASE || one.fault().scope() == Scope.NOTHING) {
            world.strikes(one.site().database());
        }
        try {
            one.fault().strike().at(one.site());
        } catch (Exception e) {
            throw new AssertionError(one + " does not strike: " + e, e);
        }
        struck.add(one);
    }

    private void awaitSeen(String what, List<Struck> expected) {
        long start = System.nanoTime();
        await(what, SEEN_WITHIN, () -> {
            for (Struck one : expected) {
                boolean isMended =
                        !one.fault().isMended() || one.fault().proof().holds(one.site());
                assertThat(isMended).as("%s is mended", one).isTrue();
            }
            findings.onlySickAreNamed(isStarted, told);
        });
        told.addAll(expected);
        say(what + " after " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
    }

    /** Some at a time: most of it is waiting for the lake. */
    private void verify(String when) {
        say("verify " + when);
        ExecutorService some = Executors.newFixedThreadPool(VERIFIED_AT_ONCE);
        try {
            CompletableFuture.allOf(world.all().stream()
                            .map(database -> CompletableFuture.runAsync(
                                    () -> await("verify " + database, VERIFIED_WITHIN, () -> findings.verify(database)),
                                    some))
                            .toArray(CompletableFuture[]::new))
                    .join();
        } finally {
            some.shutdownNow();
        }
    }

    /**
     * By what is sick before any is cured: a cure that gives a connector other settings starts its tasks, and what is
     * sick is told again only when they have come to it. Those go last, because settings are for all tables.
     */
    private void cure() throws Exception {
        List<Ailment> ailments = world.ailments();
        List<Struck> inOrder = new ArrayList<>(struck);
        inOrder.sort(Comparator.comparing(one -> one.fault().scope() == Scope.FOREIGN_TABLE));
        for (Struck one : inOrder) {
            boolean isSick = one.isNamedAmong(ailments);
            if (isSick) {
                say("cure of " + one);
            }
            if (isSick || one.fault().isMended()) {
                one.fault().cure().at(one.site());
            }
            if (isSick && one.fault().resume() != null) {
                resume(one, ailments);
            }
        }
        await("all are cured", CURED_WITHIN, () -> assertThat(world.ailments()).isEmpty());
        struck.removeIf(one -> !one.fault().isMended());
        verify("all");
    }

    /**
     * It may be well before it is told: the engine looks at the files of a database by itself, and the source may not
     * have met it.
     */
    private void resume(Struck one, List<Ailment> ailments) {
        Set<String> names = new TreeSet<>();
        ailments.stream().filter(one::isNamedBy).forEach(ailment -> names.add(ailment.name()));
        List<String> command = new ArrayList<>(List.of("resume"));
        command.addAll(one.fault().resume());
        command.addAll(names); // a table, or the partition of its topic
        Cli.Result resumed = world.cli().run(command.toArray(String[]::new));
        say(one + ": " + String.join(" ", command) + ": " + resumed.out().strip() + resumed.err());
        boolean isWell = resumed.err().contains("nothing of that name has failed")
                && world.ailments().stream().noneMatch(ailment -> names.contains(ailment.name()));
        assertThat(resumed.status() == 0 || isWell)
                .as("%s: %s", one, resumed.err())
                .isTrue();
    }

    private void nothingWasRefused() {
        for (String database : world.well()) {
            assertThat(world.workload().takeRefused(database))
                    .as("refused of %s", database)
                    .isEmpty();
        }
        World.databases().forEach(world.workload()::takeRefused);
        world.isWellAgain();
    }

    private static void await(String what, Duration atMost, ThrowingRunnable check) {
        Awaitility.await(what)
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .untilAsserted(check);
    }

    static void say(String what) {
        System.out.printf("%tT %s%n", System.currentTimeMillis(), what);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.run.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is odd harms only itself: faults strike some of the databases of one connector pair while all are written to. At the end every table that is
 * not a victim equals its source; every victim equals it too, or is named by status with its code, and equals it after its remedy.
 */
@EnabledIfSystemProperty(named = "contagion", matches = "true")
class ContagionIT {
    private static final int FAULTS = 5;
    private static final int WRITES_BETWEEN = 150;
    private static final Duration CURED_WITHIN = Duration.ofSeconds(60);

    @TempDir
    Path dir;

    @Test
    void harmsOnlyItself() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Cli cli = new Cli(dir);
        try (ContagionWorld world = new ContagionWorld(cli, Home.of(dir), seed)) {
            Map<String, ContagionFault> victims = strike(world, new Random(seed));
            world.awaitWrites(WRITES_BETWEEN);
            System.out.println(world.rest());

            for (String database : ContagionWorld.databases()) {
                check(cli, database, victims.get(database));
            }
            cure(cli, world, victims);
            for (String database : ContagionWorld.databases()) {
                Awaitility.await("verify " + database)
                        .atMost(CURED_WITHIN)
                        .pollInterval(Duration.ofSeconds(2))
                        .untilAsserted(() ->
                                cli.run("verify", database, "--timeout", "30").succeeded());
            }
            assertThat(notWell(cli)).isEmpty();
        }
    }

    /** Each fault strikes a database of its own. */
    private static Map<String, ContagionFault> strike(ContagionWorld world, Random random) {
        List<ContagionFault> faults = new ArrayList<>(List.of(ContagionFault.values()));
        List<String> databases = ContagionWorld.databases();
        Collections.shuffle(faults, random);
        Collections.shuffle(databases, random);
        Map<String, ContagionFault> victims = new LinkedHashMap<>();
        for (int i = 0; i < FAULTS; i++) {
            world.awaitWrites(WRITES_BETWEEN);
            System.out.println(faults.get(i) + " strikes " + databases.get(i));
            faults.get(i).strike(world, databases.get(i));
            victims.put(databases.get(i), faults.get(i));
        }
        return victims;
    }

    /** Every table is equal, or is a victim that status names; no check calls a table equal that is set aside. */
    private static void check(Cli cli, String database, ContagionFault fault) {
        Cli.Result verified = cli.run("verify", database, "--json", "--timeout", "60");
        Set<String> different = new TreeSet<>();
        verified.out().lines().filter(line -> line.startsWith("{\"table\"")).forEach(line -> {
            JsonNode table = Cli.parse(line);
            if (table.path("differences").asLong() > 0) {
                different.add(table.path("table").asText());
            }
        });
        if (verified.status() != 0 && different.isEmpty()) {
            different.add(""); // the database as a whole
        }
        System.out.println(database + " " + fault + ": not equal " + different + " " + verified.err());
        for (String table : different) {
            assertThat(fault)
                    .as("%s %s%s", database, verified.out(), verified.err())
                    .isNotNull();
            assertThat(fault.mayBeSick(table))
                    .as("%s.%s after %s: %s", database, table, fault, verified.out())
                    .isTrue();
            assertThat(notWell(cli)).anySatisfy(ailment -> {
                assertThat(ailment.path("name").asText()).contains(table.isEmpty() ? database : database + "." + table);
                assertThat(ailment.path("code").asText()).isNotEmpty();
                assertThat(ailment.path("remedy").asText()).isNotEmpty();
            });
        }
    }

    private static void cure(Cli cli, ContagionWorld world, Map<String, ContagionFault> victims) {
        List<JsonNode> sick = notWell(cli);
        sick.forEach(System.out::println);
        victims.forEach((database, fault) -> {
            List<String> names = sick.stream()
                    .map(ailment -> ailment.path("name").asText())
                    .filter(name -> name.equals(database) || name.contains(database + "."))
                    .distinct()
                    .toList();
            if (names.isEmpty()) {
                return; // it was carried as it is
            }
            fault.removeCause(world, database);
            List<String> command = new ArrayList<>(List.of("resume"));
            command.addAll(fault.resumeOptions());
            command.addAll(names);
            Cli.Result resumed = cli.run(command.toArray(String[]::new));
            System.out.println(database + " " + fault + ": " + resumed.out() + resumed.err());
        });
    }

    private static List<JsonNode> notWell(Cli cli) {
        List<JsonNode> all = new ArrayList<>();
        cli.run("status", "--json").succeeded().json().get(0).path("notWell").forEach(all::add);
        return all;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.dolake.pipeline.Cli;
import io.dolake.pipeline.contagion.Fault.Scope;
import io.dolake.pipeline.contagion.Round.Struck;
import io.dolake.pipeline.health.Ailment;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What the product says of a world, held against the faults that have struck it. */
final class Findings {
    private final World world;
    private final List<Struck> struck;

    /** @param struck may grow */
    Findings(World world, List<Struck> struck) {
        this.world = world;
        this.struck = struck;
    }

    List<String> sick() {
        List<Ailment> ailments = world.ailments();
        return struck.stream()
                .filter(one -> one.isNamedAmong(ailments))
                .map(Struck::toString)
                .toList();
    }

    /**
     * Each that has to be sick is named with its code and a remedy, and whoever is named is so for a fault.
     *
     * @param isStarted whether the pipeline was started since
     * @param told those that were named before
     */
    void onlySickAreNamed(boolean isStarted, Set<Struck> told) {
        List<Ailment> ailments = world.ailments();
        for (Struck one : struck) {
            Fault fault = one.fault();
            boolean mayBeOver = switch (fault.lasts()) {
                case UNTIL_CURED -> false;
                case UNTIL_START -> isStarted;
                case UNTIL_TOLD -> told.contains(one);
            };
            boolean mayBeWell = fault.isMended() || fault.mayMend() || mayBeOver;
            assertThat(mayBeWell || one.isNamedAmong(ailments))
                    .as("%s is named among %s", one, ailments)
                    .isTrue();
        }
        for (Ailment ailment : ailments) {
            assertThat(struck.stream().anyMatch(one -> one.isNamedBy(ailment) || isPart(one, ailment)))
                    .as("sick for no fault: %s", ailment.line())
                    .isTrue();
            assertThat(ailment.remedy()).as(ailment.line()).isNotEmpty();
        }
    }

    /** Tables of a database that is sick itself. */
    private static boolean isPart(Struck one, Ailment ailment) {
        return one.fault().scope() == Scope.DATABASE
                && !one.fault().isMended()
                && ailment.database().filter(one.site().sickDatabase()::equals).isPresent();
    }

    /** Every table is equal but those that are named as sick, which no check calls equal. */
    void verify(String database) throws Exception {
        List<Ailment> ailments = world.ailments();
        boolean isWhollySick = false;
        Set<String> sick = new TreeSet<>();
        for (Struck one : struck) {
            if (one.isNamedAmong(ailments) && one.site().sickDatabase().equals(database)) {
                isWhollySick |= !one.site().isOfTable();
                sick.add(one.site().sickTable());
            }
        }
        Cli.Result verified;
        try (AutoCloseable rest = world.workload().rest(database)) {
            verified = world.cli().run("verify", database, "--json", "--timeout", "30");
        }
        if (isWhollySick) {
            assertThat(verified.status()).as("%s is sick", database).isNotZero();
        } else {
            assertThat(different(verified, world.hasLeftTables(database)))
                    .as("%s%s", verified.out(), verified.err())
                    .isEqualTo(sick);
        }
    }

    /** @param hasLeft whether tables that only the lake has are no difference */
    private static Set<String> different(Cli.Result verified, boolean hasLeft) {
        assertThat(verified.out()).as(verified.err()).contains("\"differences\"");
        Set<String> different = new TreeSet<>();
        verified.out().lines().filter(line -> line.startsWith("{\"table\"")).forEach(line -> {
            JsonNode table = Cli.parse(line);
            boolean isLeft = hasLeft && table.path("notes").toString().contains("not in the engine");
            if (table.path("differences").asLong() > 0 && !isLeft) {
                different.add(table.path("table").asText());
            }
        });
        return different;
    }
}

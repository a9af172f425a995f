/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.pipeline.contagion.Fault.Scope;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Chooses where faults strike: a database that is struck as a whole is struck by nothing else, and a table once in a
 * round.
 */
final class Places {
    /** The rest has to stay well. */
    static final int DATABASES_AT_ONCE = 3;

    private final Random random;
    private int number;

    Places(Random random) {
        this.random = random;
    }

    /** @param faults at most {@link #DATABASES_AT_ONCE} of databases */
    List<Round.Struck> of(World world, List<Fault> faults) {
        List<String> databases = World.databases();
        Collections.shuffle(databases, random);
        Deque<String> whole = new ArrayDeque<>(databases.subList(0, DATABASES_AT_ONCE));
        List<String> others = databases.subList(DATABASES_AT_ONCE, databases.size());
        List<String> tables = new ArrayList<>();
        for (String database : others) {
            for (int i = 0; i < World.TABLES; i++) {
                tables.add(database + ".t" + i);
            }
        }
        Collections.shuffle(tables, random);
        Deque<String> free = new ArrayDeque<>(tables);
        List<Round.Struck> struck = new ArrayList<>();
        for (Fault fault : faults) {
            number++;
            String other = others.get(random.nextInt(others.size()));
            Site site = switch (fault.scope()) {
                case DATABASE -> new Site(world, fault.scope(), whole.remove(), "t0", number);
                case TABLE -> {
                    String[] table = free.remove().split("\\.");
                    yield new Site(world, fault.scope(), table[0], table[1], number);
                }
                case OWN_TABLE -> new Site(world, fault.scope(), other, "odd" + number, number);
                case FOREIGN_TABLE -> new Site(world, fault.scope(), "foreign", "odd" + number, number);
                case NOTHING -> new Site(world, fault.scope(), other, "t0", number);
            };
            struck.add(new Round.Struck(fault, site));
        }
        return struck;
    }

    /** Cut into rounds; a round has at most so many faults. */
    static List<List<Fault>> rounds(List<Fault> faults, int size) {
        List<List<Fault>> rounds = new ArrayList<>();
        for (Fault fault : faults) {
            rounds.stream()
                    .filter(round -> round.size() < size
                            && (fault.scope() != Scope.DATABASE || databases(round) < DATABASES_AT_ONCE))
                    .findFirst()
                    .orElseGet(() -> {
                        rounds.add(new ArrayList<>());
                        return rounds.get(rounds.size() - 1);
                    })
                    .add(fault);
        }
        return rounds;
    }

    private static long databases(List<Fault> round) {
        return round.stream().filter(fault -> fault.scope() == Scope.DATABASE).count();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Something odd that is done to one database, or to a table of it, while all others are written to. To add one: a constant that strikes, and
 * removes the cause again as a user would who has read the remedy; {@link ContagionIT} brings back what was set aside.
 */
enum ContagionFault {
    /** B3: legal in SQLite, and no key for Kafka. */
    NULL_IN_KEY(Scope.OWN_TABLE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.sql(database, "CREATE TABLE odd(k TEXT PRIMARY KEY, v)");
            world.sql(database, "INSERT INTO odd VALUES (NULL, 'x'), ('a', 'y')");
        }

        @Override
        void removeCause(ContagionWorld world, String database) {
            world.sql(database, "DELETE FROM odd WHERE k IS NULL");
        }
    },

    /** B3: JSON has no infinity. */
    INFINITE_KEY(Scope.OWN_TABLE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.sql(database, "CREATE TABLE odd(k REAL PRIMARY KEY, v) WITHOUT ROWID");
            world.sql(database, "INSERT INTO odd VALUES (9e999, 'x'), (1, 'y')");
        }

        @Override
        void removeCause(ContagionWorld world, String database) {
            world.sql(database, "DELETE FROM odd WHERE k > 1e300");
        }
    },

    /** A6. */
    EMPTY_COLUMN_NAME(Scope.OWN_TABLE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.sql(database, "CREATE TABLE odd(id INTEGER PRIMARY KEY, \"\" TEXT)");
            world.sql(database, "INSERT INTO odd VALUES (1, 'x')");
        }

        @Override
        void removeCause(ContagionWorld world, String database) {
            world.sql(database, "ALTER TABLE odd RENAME COLUMN \"\" TO named");
        }
    },

    /** B5: it is read anew. */
    RECREATED_DATABASE(Scope.DATABASE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.recreate(database);
        }
    },

    /** B13. */
    DAMAGED_FILE(Scope.DATABASE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.withStoppedEngine(() -> flip(world.file(database)));
        }

        @Override
        void removeCause(ContagionWorld world, String database) {
            flip(world.file(database));
        }
    },

    /** C11. */
    DROPPED_LAKE_TABLE(Scope.LAKE_TABLE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.awaitLakeTable(database, VICTIM);
            Tampering.dropTable(world.home(), database, VICTIM);
        }

        @Override
        List<String> resumeOptions() {
            return List.of("--from", "start");
        }
    },

    /** C14: no row fits any more. */
    REQUIRED_LAKE_COLUMN(Scope.LAKE_TABLE) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.awaitLakeTable(database, VICTIM);
            Tampering.requireColumn(world.home(), database, VICTIM);
        }

        @Override
        void removeCause(ContagionWorld world, String database) {
            Tampering.dropRequiredColumn(world.home(), database, VICTIM);
        }
    },

    /** Nothing is the victim of it. */
    ENGINE_RESTARTED(Scope.NOTHING) {
        @Override
        void strike(ContagionWorld world, String database) {
            world.withStoppedEngine(() -> {});
        }
    };

    /** The table of a victim's that lake faults strike. */
    static final String VICTIM = "t0";

    /** What may be sick afterwards. */
    enum Scope {
        NOTHING,
        /** A table {@code odd} that the fault makes. */
        OWN_TABLE,
        /** {@link #VICTIM}. */
        LAKE_TABLE,
        DATABASE
    }

    private final Scope scope;

    ContagionFault(Scope scope) {
        this.scope = scope;
    }

    abstract void strike(ContagionWorld world, String database);

    /** What the remedy asks for before things are brought back; nothing where it asks for nothing. */
    void removeCause(ContagionWorld world, String database) {}

    List<String> resumeOptions() {
        return List.of();
    }

    boolean mayBeSick(String table) {
        return switch (scope) {
            case NOTHING -> false;
            case OWN_TABLE -> table.equals("odd");
            case LAKE_TABLE -> table.equals(VICTIM);
            case DATABASE -> true;
        };
    }

    /** One bit of the header, so that it is no database any more, and is one again the second time. */
    private static void flip(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            bytes[3] ^= 0x20;
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

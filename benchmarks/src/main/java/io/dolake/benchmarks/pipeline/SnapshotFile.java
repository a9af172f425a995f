/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks.pipeline;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** A plain SQLite file with the rows of {@link Load}. */
final class SnapshotFile {
    private static final int BATCH = 10_000;

    private SnapshotFile() {}

    /** Row number {@code i} has {@code i} as its key and its mark. */
    static Path write(Path file, int rows) throws SQLException {
        Random random = new Random(1);
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("PRAGMA synchronous = OFF");
                statement.execute(Load.CREATE);
            }
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement(Load.INSERT)) {
                for (int row = 1; row <= rows; row++) {
                    add(insert, Load.values(random, row, row));
                    if (row % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
            connection.commit();
        }
        return file;
    }

    private static void add(PreparedStatement insert, Object[] values) throws SQLException {
        for (int i = 0; i < values.length; i++) {
            insert.setObject(i + 1, values[i]);
        }
        insert.addBatch();
    }
}

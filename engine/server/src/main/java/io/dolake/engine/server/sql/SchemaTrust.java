/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.sql;

import io.dolake.engine.server.sqltext.SqlText;
import io.dolake.engine.server.sqltext.Unstoppable;
import io.dolake.schemas.DoLakeException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the schema of a database is trusted. Objects that users create are checked when they are created, but a file
 * may bring a schema with anything in it. If a schema calls something that a statement may not, {@code trusted_schema}
 * is switched off. It is not off for every database, because SQLite then refuses all functions that it does not know to
 * be harmless, MATCH and ranking in views among them. Thread-safe.
 */
public final class SchemaTrust {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaTrust.class);

    private boolean harmless = true;
    private Unstoppable unstoppable = Unstoppable.NOTHING;

    /** Checks the schema of a file. */
    public static SchemaTrust of(Connection connection) throws SQLException {
        SchemaTrust trust = new SchemaTrust();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")) {
            while (rows.next()) {
                trust.look(rows.getString(1));
            }
        }
        return trust;
    }

    private synchronized void look(String sql) {
        try {
            SqlText text = SqlText.of(sql);
            harmless &= text.finding() == null;
            unstoppable = unstoppable.and(text.unstoppable().kept());
        } catch (DoLakeException e) {
            LOG.debug("A schema contains a text that is not a statement: {}", e.getMessage());
            harmless = false;
        }
    }

    /** Whether the schema calls nothing that a statement may not call. */
    public synchronized boolean isHarmless() {
        return harmless;
    }

    /**
     * The uninterruptible functions that a statement may call through the schema, although its text does not name them.
     */
    public synchronized Unstoppable unstoppable() {
        return unstoppable;
    }

    /** Checks a statement that may become part of the schema. */
    public void learn(SqlText text) {
        boolean isSchema = text.verb().equals("CREATE") || text.verb().equals("ALTER");
        if (isSchema && !text.unstoppable().equals(Unstoppable.NOTHING)) {
            synchronized (this) {
                unstoppable = unstoppable.and(text.unstoppable().kept());
            }
        }
    }
}

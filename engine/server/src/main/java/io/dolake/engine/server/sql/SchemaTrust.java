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
 * What the schema of a database brings along that the text of a statement does not show. What users create here is looked at
 * when they do, but a file may bring anything. Where it asks for what a statement may not, SQLite can refuse functions in
 * schemas, though only all that it does not know to be harmless, which would take MATCH and ranking out of the views of
 * everybody; so it does where there is a reason. Thread-safe.
 */
public final class SchemaTrust {
    private static final Logger LOG = LoggerFactory.getLogger(SchemaTrust.class);

    private boolean harmless = true;
    private Unstoppable unstoppable = Unstoppable.NOTHING;

    /** Of the schema as it is in a file. */
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
            LOG.debug("A schema holds what is no statement: {}", e.getMessage());
            harmless = false;
        }
    }

    /** Whether it asks for nothing that a statement may not. */
    public synchronized boolean isHarmless() {
        return harmless;
    }

    /** What statements may call through it, without a word of it in their text. */
    public synchronized Unstoppable unstoppable() {
        return unstoppable;
    }

    /** Takes note of a statement that may become part of the schema. */
    public void learn(SqlText text) {
        boolean isSchema = text.verb().equals("CREATE") || text.verb().equals("ALTER");
        if (isSchema && !text.unstoppable().equals(Unstoppable.NOTHING)) {
            synchronized (this) {
                unstoppable = unstoppable.and(text.unstoppable().kept());
            }
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.client.jdbc;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;

/**
 * JDBC driver for {@code jdbc:dosql://host:port/database}. A connection is a session with one database;
 * {@code connection.unwrap(Session.class)} gives it, with the position of a pinned view among others.
 */
public final class DoSqlDriver implements Driver {
    static final String NAME = "DoSQL JDBC driver";
    static final int MAJOR_VERSION = 0;
    static final int MINOR_VERSION = 1;

    static {
        try {
            DriverManager.registerDriver(new DoSqlDriver());
        } catch (SQLException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Null for the URL of another driver, as JDBC requires. */
    @Override
    public Connection connect(String url, Properties info) throws SQLException {
        return acceptsURL(url) ? DoSqlConnection.open(ConnectionUrl.parse(url, info)) : null;
    }

    @Override
    public boolean acceptsURL(String url) {
        return url != null && url.startsWith(ConnectionUrl.PREFIX);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
        return ConnectionUrl.PROPERTIES.stream()
                .map(name -> new DriverPropertyInfo(
                        name, info == null || name.equals(ConnectionUrl.TOKEN) ? null : info.getProperty(name)))
                .toArray(DriverPropertyInfo[]::new);
    }

    @Override
    public int getMajorVersion() {
        return MAJOR_VERSION;
    }

    @Override
    public int getMinorVersion() {
        return MINOR_VERSION;
    }

    /** Not all of JDBC: see DESIGN.md. */
    @Override
    public boolean jdbcCompliant() {
        return false;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw Unsupported.method("Driver.getParentLogger");
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import java.util.Properties;

/**
 * Ports of one pipeline, on the loopback address. Written to the home so that the other commands find them and the
 * next start takes the same.
 *
 * @param engine HTTP and WebSocket of the engine
 * @param kafka the broker's listener for clients
 * @param connect REST of the Connect worker
 * @param controller the broker's own quorum listener; always chosen by us
 */
public record Ports(int engine, int kafka, int connect, int controller) {
    static final int ENGINE = 8790;
    static final int KAFKA = 9092;
    static final int CONNECT = 8083;
    private static final int MAX = 65_535;

    /** All listeners are bound to this address. */
    public static final String HOST = "127.0.0.1";

    /** What was asked for: a port, 0 for any free one, null for the one of the last start or the default. */
    public record Wish(Integer engine, Integer kafka, Integer connect) {
        public static final Wish ANY = new Wish(0, 0, 0);
    }

    /** Remembers them for the commands and for the next start. */
    public void save(Home home, Wish wish) {
        Properties before = file(home);
        Properties file = new Properties();
        put(file, before, "engine", engine, wish.engine());
        put(file, before, "kafka", kafka, wish.kafka());
        put(file, before, "connect", connect, wish.connect());
        put(file, before, "controller", controller, 0);
        PropertiesFile.write(home.ports(), file);
    }

    private static void put(Properties file, Properties before, String name, int port, Integer wish) {
        boolean any = wish == null ? wasAny(before, name) : wish == 0;
        file.setProperty(name, Integer.toString(port));
        file.setProperty(name + ".any", Boolean.toString(any));
    }

    /** Ports of the last start of this home; the defaults if it never ran. */
    public static Ports last(Home home) {
        Properties file = file(home);
        return new Ports(
                number(file, "engine", ENGINE),
                number(file, "kafka", KAFKA),
                number(file, "connect", CONNECT),
                number(file, "controller", 0));
    }

    /**
     * What the last start wrote; nothing if there is none, or if the file is damaged, which costs no more than the
     * memory of it.
     */
    static Properties file(Home home) {
        return PropertiesFile.find(home.ports()).orElseGet(Properties::new);
    }

    static int number(Properties file, String name, int otherwise) {
        String text = file.getProperty(name, "");
        int port = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        return port > 0 && port <= MAX ? port : otherwise;
    }

    static boolean wasAny(Properties file, String name) {
        return Boolean.parseBoolean(file.getProperty(name + ".any", "false"));
    }

    public String engineUrl() {
        return "http://" + HOST + ":" + engine;
    }

    public String bootstrapServers() {
        return HOST + ":" + kafka;
    }

    public String connectUrl() {
        return "http://" + HOST + ":" + connect;
    }
}

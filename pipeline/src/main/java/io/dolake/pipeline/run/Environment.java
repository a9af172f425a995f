/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.Spelling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Environment variables that look as if they were for the pipeline and that it does not use. They are told of, since a name that is misspelt is a
 * wish that is not heard; they do not stop it, since the environment is shared with other programs. The engine refuses unknown {@code DOSQL_*}
 * by itself.
 */
final class Environment {
    private static final String OURS = "DOLAKE_";
    private static final Pattern NAMED = Pattern.compile("\\$\\{env:([A-Za-z0-9_]+)}");

    /** Read by the launcher. */
    private static final Set<String> LAUNCHER = Set.of("DOLAKE_JAVA_OPTS");

    /** The pipeline knows these itself and lets nobody else say them. */
    private static final Map<String, String> SET_BY_US = Map.of(
            "DOSQL_DATA_DIR", "--dir says where databases are",
            "DOSQL_HOST", "the engine of ./dolake up listens on the loopback address",
            "DOSQL_PORT", "--engine-port sets the port",
            "DOLAKE_CATALOG_TYPE", "the catalog is a file in --dir",
            "DOLAKE_CATALOG_URI", "the catalog is a file in --dir",
            "DOLAKE_WAREHOUSE", "the warehouse is in --dir");

    private Environment() {}

    /** One sentence for each, in the order of their names. */
    static List<String> unused(Map<String, String> environment, Installation installation) {
        Set<String> known = new TreeSet<>(LAUNCHER);
        known.addAll(SET_BY_US.keySet());
        known.addAll(namedIn(installation.sourceConfig()));
        known.addAll(namedIn(installation.sinkConfig()));
        List<String> notes = new ArrayList<>();
        for (String name : new TreeSet<>(environment.keySet())) {
            if (SET_BY_US.containsKey(name)) {
                notes.add(name + " is not used here: " + SET_BY_US.get(name));
            } else if (name.startsWith(OURS) && !known.contains(name)) {
                String near = Spelling.nearest(name, known)
                        .map(found -> ": did you mean " + found + "?")
                        .orElse("");
                notes.add(name + " is not used by anything" + near);
            }
        }
        return notes;
    }

    /** Variables that a configuration names; none of one that cannot be read, which is told elsewhere. */
    private static Set<String> namedIn(Path file) {
        Set<String> names = new TreeSet<>();
        try {
            Matcher matcher = NAMED.matcher(Files.readString(file));
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
        } catch (IOException e) {
            return Set.of();
        }
        return names;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.dolake.engine.server.config.Limit;
import io.dolake.engine.server.config.ServerConfig;
import io.dolake.engine.server.testkit.HttpCalls;
import io.dolake.engine.server.testkit.HttpCalls.Reply;
import io.dolake.engine.server.testkit.RunningEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that databases are listed in pages, and without opening any (D13, D15). */
class DatabasePageIT {
    private static final int DATABASES = 25;

    @TempDir
    Path directory;

    private RunningEngine engine;

    @BeforeEach
    void start() throws IOException {
        engine = new RunningEngine(ServerConfig.of(directory).withPort(0).withLimit(Limit.LISTED_DATABASES, 10));
        engine.client().create("a00");
        engine.close();
        byte[] file = Files.readAllBytes(directory.resolve("a00.db"));
        for (int i = 1; i < DATABASES; i++) {
            Files.write(directory.resolve(String.format("a%02d.db", i)), file);
        }
        engine = new RunningEngine(ServerConfig.of(directory).withPort(0).withLimit(Limit.LISTED_DATABASES, 10));
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/v1/databases"})
    void listsInPagesAndOpensNone(String path) {
        List<String> names = new ArrayList<>();
        String next = "";
        int pages = 0;
        while (next != null) {
            Reply page = get(path + "?limit=7&after=" + next);
            page.body().path("databases").forEach(each -> {
                names.add(each.path("name").asText());
                assertThat(each.path("open").asBoolean(true)).isFalse();
            });
            next = page.body().path("next").asText(null);
            pages++;
        }
        assertThat(names).hasSize(DATABASES).isSorted().doesNotHaveDuplicates();
        assertThat(pages).isEqualTo(4);
    }

    @Test
    void theClientSeesAllPages() {
        assertThat(engine.client().databases()).hasSize(DATABASES);
    }

    @Test
    void showsWhatIsKnownOfThoseInUse() throws IOException {
        Files.writeString(directory.resolve("b.db"), "this is not a database, whatever its name says");
        assertThat(get("/v1/databases/b").code()).isEqualTo("INVALID_DATABASE_FILE");
        engine.client().status("a03");
        Reply status = get("/status?after=a02&limit=1");
        assertThat(status.body().at("/databases/0/open").asBoolean()).isTrue();
        assertThat(status.body().at("/databases/0/lsn").asText()).isNotEmpty();
        Reply unwell = get("/status?unwell=true");
        assertThat(unwell.body().path("databases")).hasSize(1);
        assertThat(unwell.body().at("/databases/0/name").asText()).isEqualTo("b");
        assertThat(unwell.body().at("/databases/0/error/code").asText()).isEqualTo("INVALID_DATABASE_FILE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=0", "limit=11", "limit=x", "limt=5", "unwell=yes"})
    void refusesParametersThatItDoesNotKnow(String query) {
        assertThat(get("/status?" + query).code()).isEqualTo("INVALID_ARGUMENT");
        assertThat(get("/v1/databases?" + query).code()).isEqualTo("INVALID_ARGUMENT");
    }

    private Reply get(String path) {
        return HttpCalls.send(engine.uri(), "GET", path, "");
    }
}

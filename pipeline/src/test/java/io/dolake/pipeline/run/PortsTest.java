/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dolake.schemas.DoLakeException;
import io.dolake.schemas.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortsTest {
    @TempDir
    Path dir;

    private Home home;

    @BeforeEach
    void createHome() {
        home = Home.of(dir).create();
    }

    @Test
    void areTheDefaultsBeforeTheFirstStart() {
        Ports ports = Ports.last(home);
        assertThat(ports.engine()).isEqualTo(8790);
        assertThat(ports.kafka()).isEqualTo(9092);
        assertThat(ports.connect()).isEqualTo(8083);
    }

    @Test
    void areDistinctWhereAnyWillDo() {
        Ports ports = chosen(Ports.Wish.ANY);
        assertThat(new int[] {ports.engine(), ports.kafka(), ports.connect(), ports.controller()})
                .doesNotHaveDuplicates()
                .doesNotContain(0);
    }

    @Test
    void areRememberedForTheNextStart() {
        Ports first = chosen(Ports.Wish.ANY);
        first.save(home, Ports.Wish.ANY);
        Ports.Wish none = new Ports.Wish(null, null, null);
        Ports second = chosen(none);
        second.save(home, none);
        assertThat(second).isEqualTo(first).isEqualTo(Ports.last(home));
    }

    @Test
    void giveWayWhereAnyWillDoAndTheLastIsTaken() throws IOException {
        Ports first = chosen(Ports.Wish.ANY);
        first.save(home, Ports.Wish.ANY);
        try (ServerSocket taken = listen(first.engine())) {
            Ports second = chosen(new Ports.Wish(null, null, null));
            assertThat(second.engine()).isNotEqualTo(taken.getLocalPort());
        }
    }

    @Test
    void nameATakenPortAndTheOptionThatChangesIt() throws IOException {
        try (ServerSocket taken = listen(0)) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> chosen(new Ports.Wish(0, port, 0)))
                    .isInstanceOfSatisfying(DoLakeException.class, error -> {
                        assertThat(error.code()).isEqualTo(ErrorCode.ADDRESS_IN_USE);
                        assertThat(error.getMessage()).contains(Integer.toString(port), "Kafka broker");
                        assertThat(error.hint()).get().asString().contains("--kafka-port");
                    });
        }
    }

    @Test
    void cannotBeTheSameTwice() throws IOException {
        int port;
        try (ServerSocket free = listen(0)) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> chosen(new Ports.Wish(port, port, 0)))
                .hasMessageContaining("another part of this pipeline");
    }

    /** D16: a port that is chosen is given to nobody else who asks for any. */
    @Test
    void areKeptUntilTheirUse() throws IOException {
        List<ServerSocket> others = new ArrayList<>();
        try (PortChoice choice = PortChoice.make(home, Ports.Wish.ANY)) {
            Ports ports = choice.ports();
            Set<Integer> ours = Set.of(ports.engine(), ports.kafka(), ports.connect(), ports.controller());
            for (int i = 0; i < 2_000; i++) {
                ServerSocket other = listen(0);
                others.add(other);
                assertThat(ours).doesNotContain(other.getLocalPort());
            }
            try (ServerSocket part = listen(ports.engine())) {
                assertThat(part.isBound()).isTrue();
            }
        } finally {
            for (ServerSocket other : others) {
                other.close();
            }
        }
    }

    private Ports chosen(Ports.Wish wish) {
        try (PortChoice choice = PortChoice.make(home, wish)) {
            return choice.ports();
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName(Ports.HOST));
    }
}

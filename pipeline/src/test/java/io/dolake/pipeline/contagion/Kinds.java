/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import java.util.ArrayList;
import java.util.List;

/**
 * All kinds of fault that can be thrown at a pipeline that runs.
 *
 * <p>These lines of the fault list are about something else, and have tests of their own:
 *
 * <ul>
 * <li>A7, {@code wal dump} of a file that is written: the engine's own files are locked for others ({@code
 * WalDumpTest}).
 * <li>B7, a frozen link: engine and connector are one process here ({@code GoOnIT}). B11, other workers: {@code
 * ci/worker-versions}.
 *   <li>B12: each round ends with {@code up} while things are sick; what {@code up} says of it, {@code DegradedIT}.
 * <li>C10, C16, C17: other modes, and more workers, than the shipped configuration has ({@code SourcesIT}, {@code
 * SoftDeleteIT}, {@code TwoWorkersIT}).
 *   <li>C12, records that are lost with their topic before the sink has them: {@code LostTopicsIT}.
 * <li>D10, D11, of the JDBC driver: {@code JdbcAgainstServerIT}. D15: {@code ManyDatabasesIT}. D16: {@code PortsTest}.
 * D14: {@code StreamAgainstServerIT}.
 *   <li>D2, chains of 550 triggers: as many tables are a load by themselves ({@code AttackIT}).
 * <li>C14, data files that are gone: they may come back, and it is told after minutes of attempts ({@code
 * SuspensionIT}).
 *   <li>A full disk, which other tests on this machine would notice: {@code FullDiskIT}.
 * </ul>
 */
final class Kinds {
    private Kinds() {}

    static List<Fault> all() {
        List<Fault> all = new ArrayList<>();
        all.addAll(RowFaults.all());
        all.addAll(DatabaseFaults.all());
        all.addAll(LakeFaults.all());
        all.addAll(CatalogFaults.all());
        all.addAll(ConnectFaults.all());
        all.addAll(HostileFaults.all());
        all.addAll(ForeignFaults.all());
        return all;
    }
}

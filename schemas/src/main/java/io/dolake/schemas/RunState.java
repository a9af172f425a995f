/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * What something that runs is doing: a connector, a database or a table. The names are the wire form, everywhere: status,
 * JMX, notifications, command line. {@code schemas/SPEC.md} describes each.
 */
public enum RunState {
    STARTING,
    SNAPSHOTTING,
    STREAMING,
    PAUSED,
    /** Set aside by itself, for the reason that its {@link Suspension} gives; what is around it goes on. */
    SUSPENDED,
    FAILED,
    STOPPED
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/**
 * The state of a connector, a database or a table. The names are the wire form, everywhere: status, JMX, notifications,
 * command line. {@code schemas/SPEC.md} describes each.
 */
public enum RunState {
    STARTING,
    SNAPSHOTTING,
    STREAMING,
    PAUSED,
    /** Suspended alone, for the reason in its {@link Suspension}; everything else continues. */
    SUSPENDED,
    FAILED,
    STOPPED
}

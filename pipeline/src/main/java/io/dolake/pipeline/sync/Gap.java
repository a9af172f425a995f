/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

/**
 * What of a topic partition is not known to be in the lake.
 *
 * @param records at most
 */
record Gap(long records, Cause cause) {
    enum Cause {
        /** The sink has not committed them. */
        NOT_COMMITTED,
        /** The sink's group has an offset behind them, but nobody has said of which topic. */
        NOT_TOLD,
        /** The offset of the sink's group is one of a topic that is gone. */
        OTHER_TOPIC
    }
}

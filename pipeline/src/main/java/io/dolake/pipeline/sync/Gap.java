/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sync;

/**
 * Records of a topic partition that are not known to be in the lake.
 *
 * @param records the largest number they can be
 */
record Gap(long records, Cause cause) {
    enum Cause {
        /** The sink has not committed them. */
        NOT_COMMITTED,
        /** The sink's group has an offset after them, but it is not known of which topic. */
        NOT_TOLD,
        /** The offset of the sink's group is one of a deleted topic. */
        OTHER_TOPIC
    }
}

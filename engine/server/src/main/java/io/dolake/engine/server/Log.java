/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.engine.server;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logger of the engine. */
final class Log {
    static final Logger LOG = LoggerFactory.getLogger("io.dolake.engine");

    private Log() {}
}

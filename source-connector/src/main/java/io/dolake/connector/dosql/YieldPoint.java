/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.connector.dosql;

/** Called between the rows of a long read, so that it does not delay the other databases of the task. */
interface YieldPoint {
    void run() throws InterruptedException;
}

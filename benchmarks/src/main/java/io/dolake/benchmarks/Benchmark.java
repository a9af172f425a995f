/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.benchmarks;

/** A measurement that prints a table. What is compared runs in turns, in the same process. */
public interface Benchmark {
    /** What it measures, in one line. */
    String title();

    void run(Options options) throws Exception;
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

/** Takes the lines that tell a user what goes on. */
@FunctionalInterface
public interface Progress {
    void say(String line);
}

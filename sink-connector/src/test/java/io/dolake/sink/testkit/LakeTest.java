/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.testkit;

import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A test with a lake of its own in a directory of its own, which is closed after each test method. */
public abstract class LakeTest {
    @AutoClose
    protected Lake lake;

    @BeforeEach
    void openLake(@TempDir Path directory) {
        lake = new Lake(directory);
    }
}

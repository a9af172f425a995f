/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.sink.it.recovery;

import io.dolake.sink.testkit.Step;
import io.dolake.sink.testkit.WorkerProcess;

/** What happens to a worker that stands at a step. In the end all workers are killed. */
enum Treatment {
    KILL {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            worker.kill();
        }
    },
    /** The next one gets to the same step and dies there too. */
    KILL_TWICE {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            era.killAll();
            era.startUntil(step, 1).kill();
        }
    },
    /** It wakes up long after another task has taken over, and continues. */
    ZOMBIE {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            era.freeze(worker);
            WorkerProcess heir = era.start(null, 0);
            era.awaitLake(heir);
            worker.thaw();
            worker.release();
            era.awaitLake(heir);
        }
    },
    /** Two wake up, the second of which had taken over from the first. */
    TWO_ZOMBIES {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            era.freeze(worker);
            WorkerProcess second = era.startUntil(step, 1);
            era.freeze(second);
            WorkerProcess heir = era.start(null, 0);
            era.awaitLake(heir);
            worker.thaw();
            second.thaw();
            worker.release();
            second.release();
            era.awaitLake(heir);
        }
    },
    /** Another joins the group, and partitions move, while the first stands in the middle of something. */
    REBALANCE {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            WorkerProcess joins = era.startUntil(Step.OPENED, 1);
            worker.release();
            joins.release();
            era.awaitLake(joins);
        }
    },
    /** Another engine rewrites the table under it. */
    COMPACTION {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            era.compact();
            worker.release();
            era.awaitLake(worker);
        }
    },
    COMPACTION_AND_KILL {
        @Override
        void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception {
            era.compact();
            worker.kill();
        }
    };

    abstract void apply(CrashEra era, WorkerProcess worker, Step step) throws Exception;

    /**
     * Whether it can happen at a step: a table is created once, and in a crowd of workers not every one has to close.
     */
    boolean fits(Step step) {
        return switch (this) {
            case TWO_ZOMBIES -> !step.isRebalance() && step != Step.TABLE_CREATED;
            case KILL_TWICE -> step != Step.TABLE_CREATED;
            default -> true;
        };
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.contagion;

import io.dolake.schemas.ErrorCode;
import java.util.List;
import java.util.Set;

/**
 * A kind of fault: how it is thrown in, what must be seen then, and how what it has made sick comes back. What is seen
 * is either that its site, and nobody else, is set aside with one of the codes, or that the product mends it by itself:
 * then {@code proof} says by what that shows, and nobody is set aside.
 *
 * @param id the line of the fault list that it is of, and what happens
 * @param codes of what is sick; none if the product mends it
 * @param mayMend whether, with codes, it may also be mended
 * @param lasts with codes, until when it is sick at least
 * @param isStruckStopped whether the pipeline is down meanwhile
 * @param cure what the remedy asks for ahead of {@code resume}
 * @param resume options of {@code resume}; null if the cure alone brings it back
 */
record Fault(
        String id,
        Scope scope,
        boolean isStruckStopped,
        Act strike,
        Check proof,
        Set<ErrorCode> codes,
        boolean mayMend,
        Lasts lasts,
        Act cure,
        List<String> resume) {

    /** What it strikes, and what may be sick then. */
    enum Scope {
        /** A table that it makes. */
        OWN_TABLE,
        /** A table that is written to. */
        TABLE,
        /** A database with all of its tables. */
        DATABASE,
        /** A table that comes out of a topic by others than our source. */
        FOREIGN_TABLE,
        /** Nothing is sick afterwards. */
        NOTHING
    }

    /** When it may be over by itself. */
    enum Lasts {
        UNTIL_CURED,
        /** The start of the pipeline finds other files than it left, and takes them as they are. */
        UNTIL_START,
        /**
         * Once it was told: whoever begins to read anew, as after any rebalance, begins at what the table itself says.
         */
        UNTIL_TOLD
    }

    /** Something that is done to a site. */
    @FunctionalInterface
    interface Act {
        void at(Site site) throws Exception;
    }

    /** Something that comes true of a site. */
    @FunctionalInterface
    interface Check {
        boolean holds(Site site) throws Exception;
    }

    private static final Act NOTHING = site -> {};

    /** Without more said: mended, which shows by what is written to the site afterwards and arrives. */
    static Fault of(String id, Scope scope, Act strike) {
        Check arrives = scope == Scope.OWN_TABLE ? Site::isWhole : Site::hasMark;
        return new Fault(
                id,
                scope,
                false,
                strike,
                scope == Scope.NOTHING ? site -> true : arrives,
                Set.of(),
                false,
                Lasts.UNTIL_CURED,
                NOTHING,
                List.of());
    }

    Fault whileStopped() {
        return new Fault(id, scope, true, strike, proof, codes, mayMend, lasts, cure, resume);
    }

    Fault provenBy(Check check) {
        return new Fault(id, scope, isStruckStopped, strike, check, codes, mayMend, lasts, cure, resume);
    }

    Fault sick(ErrorCode... one) {
        return new Fault(id, scope, isStruckStopped, strike, proof, Set.of(one), mayMend, lasts, cure, resume);
    }

    /** The same file may be damaged where it hurts, or where it does not. */
    Fault orMended() {
        return new Fault(id, scope, isStruckStopped, strike, proof, codes, true, lasts, cure, resume);
    }

    Fault lasting(Lasts until) {
        return new Fault(id, scope, isStruckStopped, strike, proof, codes, mayMend, until, cure, resume);
    }

    Fault curedBy(Act act) {
        return new Fault(id, scope, isStruckStopped, strike, proof, codes, mayMend, lasts, act, resume);
    }

    Fault resumed(String... options) {
        return new Fault(id, scope, isStruckStopped, strike, proof, codes, mayMend, lasts, cure, List.of(options));
    }

    Fault notResumed() {
        return new Fault(id, scope, isStruckStopped, strike, proof, codes, mayMend, lasts, cure, null);
    }

    boolean isMended() {
        return codes.isEmpty();
    }

    @Override
    public String toString() {
        return id;
    }
}

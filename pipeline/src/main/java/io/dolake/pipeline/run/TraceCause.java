/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.run;

import io.dolake.schemas.ErrorCode;
import java.util.List;

/**
 * Why a task ended, out of its stack trace: the deepest cause that is an error of ours, else the outermost error and
 * its deepest cause.
 *
 * @param code INTERNAL_ERROR where no error of ours is among the causes
 * @param reason its message, with the lines that belong to it, up to {@link #MAX_LINES}
 */
public record TraceCause(ErrorCode code, String reason) {
    static final int MAX_LINES = 3;

    private static final String CAUSED_BY = "Caused by: ";

    /** @param trace as Connect tells it; empty if it tells none */
    public static TraceCause of(String trace) {
        List<String> lines = trace.lines().toList();
        TraceCause deepest = new TraceCause(ErrorCode.INTERNAL_ERROR, "no reason given");
        String outermost = "";
        TraceCause ours = null;
        for (int i = 0; i < lines.size(); i++) {
            boolean isCause = lines.get(i).startsWith(CAUSED_BY);
            if (i > 0 && !isCause) {
                continue;
            }
            String said = message(lines, i, isCause ? CAUSED_BY.length() : 0);
            outermost = i == 0 ? said + ": " : outermost;
            deepest = new TraceCause(ErrorCode.INTERNAL_ERROR, i == 0 ? said : outermost + said);
            for (ErrorCode code : ErrorCode.values()) {
                int at = codeAt(said, code);
                if (at >= 0) {
                    ours = new TraceCause(code, said.substring(at + code.name().length() + 2));
                }
            }
        }
        return ours == null ? deepest : ours;
    }

    /**
     * Where {@code CODE: } stands at the begin, or behind the name of an exception that repeats its cause's text; -1 if
     * nowhere.
     */
    private static int codeAt(String said, ErrorCode code) {
        if (said.startsWith(code + ": ")) {
            return 0;
        }
        int behind = said.indexOf(": " + code + ": ");
        return behind < 0 ? -1 : behind + 2;
    }

    /** A message may have several lines; the frames of the stack end it. */
    private static String message(List<String> lines, int first, int skipped) {
        StringBuilder text = new StringBuilder(lines.get(first).substring(skipped));
        for (int i = first + 1; i < lines.size() && i < first + MAX_LINES && !isStack(lines.get(i)); i++) {
            text.append(' ').append(lines.get(i).strip());
        }
        return text.toString();
    }

    private static boolean isStack(String line) {
        return line.startsWith("\tat ") || line.startsWith("\t... ") || line.startsWith(CAUSED_BY);
    }
}

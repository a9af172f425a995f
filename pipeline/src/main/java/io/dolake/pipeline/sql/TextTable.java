/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.pipeline.sql;

import io.dolake.schemas.RawText;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Rows in aligned columns. Widths are taken from the first rows; later rows that do not fit are printed whole, out of
 * line. Nothing is cut but long blobs.
 */
public final class TextTable {
    private static final int SAMPLE_ROWS = 1_000;
    private static final int MAX_WIDTH = 60;
    private static final int MAX_BLOB_BYTES = 32;

    private final PrintStream out;
    private final List<String> names;
    private final String indent;
    private final List<String[]> sample = new ArrayList<>();
    private int[] widths;
    private boolean[] numeric;
    private long rows;

    public TextTable(PrintStream out, List<String> names) {
        this(out, names, "");
    }

    public TextTable(PrintStream out, List<String> names, String indent) {
        this.out = out;
        this.names = names;
        this.indent = indent;
        this.numeric = new boolean[names.size()];
        java.util.Arrays.fill(numeric, true);
    }

    public void add(Object[] values) {
        String[] cells = new String[values.length];
        for (int i = 0; i < values.length; i++) {
            cells[i] = cell(values[i]);
            numeric[i] &= widths != null || values[i] == null || values[i] instanceof Number;
        }
        rows++;
        if (widths != null) {
            print(cells);
            return;
        }
        sample.add(cells);
        if (sample.size() == SAMPLE_ROWS) {
            printSample();
        }
    }

    /** Prints what is left; returns the number of rows. */
    public long end() {
        if (widths == null) {
            printSample();
        }
        return rows;
    }

    private void printSample() {
        widths = new int[names.size()];
        for (int i = 0; i < widths.length; i++) {
            int width = length(names.get(i));
            for (String[] row : sample) {
                width = Math.max(width, Math.min(MAX_WIDTH, length(row[i])));
            }
            widths[i] = width;
        }
        print(names.toArray(String[]::new));
        StringBuilder rule = new StringBuilder(indent);
        for (int i = 0; i < widths.length; i++) {
            rule.append(i == 0 ? "" : "  ").append("-".repeat(widths[i]));
        }
        out.println(rule);
        sample.forEach(this::print);
        sample.clear();
    }

    private void print(String[] cells) {
        StringBuilder line = new StringBuilder(indent);
        for (int i = 0; i < cells.length; i++) {
            String pad = " ".repeat(Math.max(0, widths[i] - length(cells[i])));
            line.append(i == 0 ? "" : "  ");
            line.append(numeric[i] ? pad + cells[i] : cells[i] + pad);
        }
        out.println(line.toString().stripTrailing());
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** A value as a person reads it. */
    public static String cell(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof byte[] bytes) {
            String hex = HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, MAX_BLOB_BYTES));
            return "x'" + hex + (bytes.length > MAX_BLOB_BYTES ? "...' (" + bytes.length + " bytes)" : "'");
        }
        if (value instanceof RawText raw) {
            return "CAST(" + cell(raw.bytes()) + " AS TEXT)";
        }
        return value.toString().replace("\n", "\\n").replace("\r", "\\r");
    }
}

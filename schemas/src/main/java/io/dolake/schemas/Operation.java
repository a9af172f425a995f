/* SPDX-License-Identifier: Apache-2.0 */
package io.dolake.schemas;

/** What happened to a row, net over its transaction. The codes are those of the Debezium envelope. */
public enum Operation {
    CREATE("c"),
    UPDATE("u"),
    DELETE("d");

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    public String code() {
        return code;
    }
}

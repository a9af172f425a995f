/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The check that no key is in a table twice, for {@code ./dolake verify} and for operators. It reads tables only.
 */
package io.dolake.sink.check;

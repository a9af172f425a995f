/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A JSON converter for Connect that keeps schemas it has met and numbers with all their digits. It depends on nothing
 * else in the sink and may be used with other connectors.
 */
package io.dolake.sink.json;

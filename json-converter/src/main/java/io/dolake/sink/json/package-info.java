/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A JSON converter for Connect that caches schemas and keeps all digits of numbers. Part of both plugins, and of
 * use with other connectors; the name is the one under which the sink had it first.
 */
package io.dolake.sink.json;

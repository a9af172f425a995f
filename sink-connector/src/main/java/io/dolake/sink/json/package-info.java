/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A JSON converter for Connect that caches schemas and keeps all digits of numbers. It depends on nothing else in the
 * sink and may be used with other connectors.
 */
package io.dolake.sink.json;

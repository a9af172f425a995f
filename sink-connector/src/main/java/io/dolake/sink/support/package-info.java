/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Utilities for all packages: threads of the plugin, delays between attempts, and how settings are defined. Nothing
 * here knows records or tables.
 */
package io.dolake.sink.support;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What any package may use and none owns: threads of the plugin, delays between attempts, and how settings are
 * defined. Nothing here knows records or tables.
 */
package io.dolake.sink.support;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What any package may use and none owns: threads of the plugin and delays between attempts. Nothing here knows
 * records, tables or settings.
 */
package io.dolake.sink.support;

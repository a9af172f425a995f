/* SPDX-License-Identifier: Apache-2.0 */
/**
 * All settings of the sink: names, defaults, checks and typed values. Nothing here knows who uses a setting.
 */
package io.dolake.sink.config;

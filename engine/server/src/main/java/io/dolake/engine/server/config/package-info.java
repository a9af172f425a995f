/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The settings of an engine, with their ranges and defaults. The effect of a setting is documented where it is used;
 * this package does not depend on its users.
 */
package io.dolake.engine.server.config;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The settings of an engine, their limits and their defaults. What a setting does is said where it is used:
 * nothing here knows its users.
 */
package io.dolake.engine.server.config;

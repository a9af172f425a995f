/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who calls, and what that caller may do: API keys, JSON web tokens, rights by database. Which request needs which
 * right is told by package http, the settings are in package config.
 */
package io.dolake.engine.server.auth;

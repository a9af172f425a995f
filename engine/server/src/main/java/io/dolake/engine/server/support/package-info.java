/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Utilities for all parts of the server: closing, identifiers, failures, suggestions, and the memory limit of requests.
 * They do not depend on databases or settings.
 */
package io.dolake.engine.server.support;

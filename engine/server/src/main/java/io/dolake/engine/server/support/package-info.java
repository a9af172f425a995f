/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Small tools that every part of the server uses: closing, identifiers, failures, suggestions, and the memory
 * that requests may hold. Nothing here knows of databases or settings.
 */
package io.dolake.engine.server.support;

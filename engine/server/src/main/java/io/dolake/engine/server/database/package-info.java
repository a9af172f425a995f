/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An open database with its parts and its sessions, and the engine that opens, imports and closes databases. The
 * protocol and the work of each part are in other packages.
 */
package io.dolake.engine.server.database;

/* SPDX-License-Identifier: Apache-2.0 */
/**
 * An open database with its parts and its sessions, and the engine that opens, imports and closes databases.
 * Neither the protocol is here, nor how a part does its work.
 */
package io.dolake.engine.server.database;

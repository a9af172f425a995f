/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Data files, position deletes and deletion vectors, written from encoded rows. Nothing here knows offsets or commits.
 */
package io.dolake.sink.write;

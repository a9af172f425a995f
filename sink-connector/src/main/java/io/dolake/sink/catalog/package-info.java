/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Iceberg catalogs and file access: made from the settings, tried when a connector is validated, and which of their
 * failures pass by themselves and which do not. Tables are handled in {@code table}.
 */
package io.dolake.sink.catalog;

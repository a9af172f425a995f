/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Iceberg catalogs and file access: created from the settings, checked when a connector is validated, and which of
 * their failures are transient. Tables are handled in {@code table}.
 */
package io.dolake.sink.catalog;

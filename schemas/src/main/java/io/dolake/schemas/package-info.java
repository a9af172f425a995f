/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What every module of the pipeline agrees on. {@code schemas/SPEC.md} is the normative text; these classes are its
 * Java form and depend on nothing but the JDK.
 */
package io.dolake.schemas;

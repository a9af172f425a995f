/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Types that every module of the pipeline shares. {@code schemas/SPEC.md} is the normative text; these classes are its
 * Java form and depend on nothing but the JDK.
 */
package io.dolake.schemas;

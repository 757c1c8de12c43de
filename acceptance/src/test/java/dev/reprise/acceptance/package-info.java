/** Tests of the whole product: module dependencies, documentation and recovery from kills. */
@NullMarked
package dev.reprise.acceptance;

import org.jspecify.annotations.NullMarked;

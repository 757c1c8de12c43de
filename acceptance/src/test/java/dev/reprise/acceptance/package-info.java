/** Tests of the whole product: its modules, its documents, and processes that are killed. */
@NullMarked
package dev.reprise.acceptance;

import org.jspecify.annotations.NullMarked;

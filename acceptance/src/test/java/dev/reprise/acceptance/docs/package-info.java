/** Compares the documentation with the code. */
@NullMarked
package dev.reprise.acceptance.docs;

import org.jspecify.annotations.NullMarked;

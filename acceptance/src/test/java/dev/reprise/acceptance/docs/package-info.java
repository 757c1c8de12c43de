/** Holds the documents to the code. */
@NullMarked
package dev.reprise.acceptance.docs;

import org.jspecify.annotations.NullMarked;

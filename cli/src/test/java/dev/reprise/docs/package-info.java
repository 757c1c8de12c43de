/** Holds the documents to the code. */
@NullMarked
package dev.reprise.docs;

import org.jspecify.annotations.NullMarked;

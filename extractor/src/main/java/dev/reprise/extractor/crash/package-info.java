/** Charges native crashes to the events that caused them. */
@NullMarked
package dev.reprise.extractor.crash;

import org.jspecify.annotations.NullMarked;

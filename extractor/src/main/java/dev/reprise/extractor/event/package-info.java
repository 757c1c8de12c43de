/** Parses records into audio events. */
@NullMarked
package dev.reprise.extractor.event;

import org.jspecify.annotations.NullMarked;

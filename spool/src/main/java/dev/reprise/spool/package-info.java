/** The spool: audio files on their way from the API to the extractor. */
@NullMarked
package dev.reprise.spool;

import org.jspecify.annotations.NullMarked;

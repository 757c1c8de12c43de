/** From a record to the audio event it carries. */
@NullMarked
package dev.reprise.extractor.event;

import org.jspecify.annotations.NullMarked;

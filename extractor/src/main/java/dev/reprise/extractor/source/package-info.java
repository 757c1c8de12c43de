/** Opens the audio that an event names, within bounds, always seekable. */
@NullMarked
package dev.reprise.extractor.source;

import org.jspecify.annotations.NullMarked;

/** POST /v1/audio: reads an upload within the memory budget and produces its audio event. */
@NullMarked
package dev.reprise.api.audio;

import org.jspecify.annotations.NullMarked;

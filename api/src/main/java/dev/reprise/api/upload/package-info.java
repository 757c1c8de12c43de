/** Audio that comes in through the API, on its way to the topic of audio events. */
@NullMarked
package dev.reprise.api.upload;

import org.jspecify.annotations.NullMarked;

/** What is known of all tracks, kept for the questions that go over all of them. */
@NullMarked
package dev.reprise.api.index;

import org.jspecify.annotations.NullMarked;

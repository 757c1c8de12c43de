/** What is known of each track: read from the topics, gathered by track, kept in state stores. */
@NullMarked
package dev.reprise.api.catalogue;

import org.jspecify.annotations.NullMarked;

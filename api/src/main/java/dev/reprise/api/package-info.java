/** The HTTP API and the page: what the stream holds, asked by key, by likeness, or as it comes. */
@NullMarked
package dev.reprise.api;

import org.jspecify.annotations.NullMarked;

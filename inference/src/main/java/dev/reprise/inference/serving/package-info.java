/**
 * Which models are in service: loaded, replaced while they run, and freed when nobody uses them.
 */
@NullMarked
package dev.reprise.inference.serving;

import org.jspecify.annotations.NullMarked;

/** reprise topics: creates and describes topics. */
@NullMarked
package dev.reprise.cli.topics;

import org.jspecify.annotations.NullMarked;

/** Dead letters: which there are, and their events sent again. */
@NullMarked
package dev.reprise.cli.letters;

import org.jspecify.annotations.NullMarked;

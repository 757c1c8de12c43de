/** Everything in one process: broker, extractor, inference, and what came of each file. */
@NullMarked
package dev.reprise.cli.run;

import org.jspecify.annotations.NullMarked;

/** reprise run and serve: broker, extractor, inference service and API in one process. */
@NullMarked
package dev.reprise.cli.run;

import org.jspecify.annotations.NullMarked;

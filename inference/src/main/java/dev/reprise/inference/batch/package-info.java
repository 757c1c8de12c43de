/** Dynamic batching across stream threads. */
@NullMarked
package dev.reprise.inference.batch;

import org.jspecify.annotations.NullMarked;

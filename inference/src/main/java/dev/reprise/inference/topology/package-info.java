/** The Kafka Streams application: MFCC clips in, predictions out. */
@NullMarked
package dev.reprise.inference.topology;

import org.jspecify.annotations.NullMarked;

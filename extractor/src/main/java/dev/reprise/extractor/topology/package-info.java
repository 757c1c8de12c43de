/** The Kafka Streams application: audio event in, MFCC clips out. */
@NullMarked
package dev.reprise.extractor.topology;

import org.jspecify.annotations.NullMarked;

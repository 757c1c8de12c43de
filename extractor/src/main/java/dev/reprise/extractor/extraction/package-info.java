/** Encoded audio in, MFCC clips out, without Kafka: the decoder and the MFCC combined. */
@NullMarked
package dev.reprise.extractor.extraction;

import org.jspecify.annotations.NullMarked;

/** Encoded audio in, MFCC clips out, without Kafka: decoding and MFCC computation combined. */
@NullMarked
package dev.reprise.extractor.extraction;

import org.jspecify.annotations.NullMarked;

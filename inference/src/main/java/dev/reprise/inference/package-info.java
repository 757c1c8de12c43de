/** MFCC clips in, predicted features out: inference as a service. */
@NullMarked
package dev.reprise.inference;

import org.jspecify.annotations.NullMarked;

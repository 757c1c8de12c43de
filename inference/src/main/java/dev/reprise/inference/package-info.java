/** The inference service: MFCC clips in, predictions out. */
@NullMarked
package dev.reprise.inference;

import org.jspecify.annotations.NullMarked;

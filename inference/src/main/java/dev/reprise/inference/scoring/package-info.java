/** Scores clips: validates MFCC records, runs the model, builds prediction records. */
@NullMarked
package dev.reprise.inference.scoring;

import org.jspecify.annotations.NullMarked;

/** Reads predictions and ground truth, and pairs them by track. */
@NullMarked
package dev.reprise.evaluation.pairing;

import org.jspecify.annotations.NullMarked;

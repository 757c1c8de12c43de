package dev.reprise.inference.evaluation;

import org.jspecify.annotations.Nullable;

/** The value of a dead letter, which may be none. */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
record Letter(byte @Nullable [] value) {}

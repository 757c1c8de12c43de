package dev.reprise.evaluation.pairing;

import org.jspecify.annotations.Nullable;

/** The value of a dead letter, which may be none. */
@SuppressWarnings("ArrayRecordComponent") // Handed over, compared by nobody.
public record Letter(byte @Nullable [] value) {}

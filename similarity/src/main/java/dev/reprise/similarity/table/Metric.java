package dev.reprise.similarity.table;

import java.util.Locale;

/** A measure of the distance between two vectors. */
public enum Metric {
  /** 1 minus the cosine of the angle between them, 0 to 2. */
  COSINE,
  /** Euclidean distance, in the columns' own units. */
  EUCLIDEAN,
  /** Cosine distance after each column is standardised to mean 0 and standard deviation 1. */
  STANDARDISED_COSINE,
  /** Euclidean distance, in units of each column's standard deviation. */
  STANDARDISED_EUCLIDEAN,
  /** Great-circle distance between two points on Earth, in kilometres. */
  GREAT_CIRCLE;

  /** Returns the name in requests and responses, for example {@code standardised-euclidean}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public boolean isCosine() {
    return this == COSINE || this == STANDARDISED_COSINE;
  }

  public boolean isStandardised() {
    return this == STANDARDISED_COSINE || this == STANDARDISED_EUCLIDEAN;
  }
}

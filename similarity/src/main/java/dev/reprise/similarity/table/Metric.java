package dev.reprise.similarity.table;

import java.util.Locale;

/** How the distance between two vectors is measured. */
public enum Metric {
  /** 1 minus the cosine of the angle between them, 0 to 2. */
  COSINE,
  /** The straight line, in the columns' own units. */
  EUCLIDEAN,
  /** The cosine after each column's mean is subtracted and its deviation divided out. */
  STANDARDISED_COSINE,
  /** The straight line in units of each column's standard deviation. */
  STANDARDISED_EUCLIDEAN,
  /** Kilometres over the ground between two places. */
  GREAT_CIRCLE;

  /** The name in requests and answers, for example {@code standardised-euclidean}. */
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

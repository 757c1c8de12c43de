package dev.reprise.similarity.table;

import java.util.Arrays;

/**
 * Computes the distance in kilometres between points on a sphere of the Earth's mean radius, by the
 * haversine formula. The columns are latitude and longitude, in degrees; rows that lack either have
 * no distance.
 */
final class GreatCircleDistance implements Distance {
  /** Mean radius, (2 a + b) / 3 of the ellipsoid WGS 84. */
  private static final double RADIUS_KM = 6_371.0088;

  private final int latitudeIndex;
  private final int longitudeIndex;
  private final double latitude;
  private final double longitude;

  GreatCircleDistance(ScaledQuery query) {
    if (query.allColumns() != 2 || query.coordinates().size() != 2) {
      throw new IllegalArgumentException("Great-circle distances need a latitude and a longitude.");
    }
    this.latitudeIndex = query.coordinates().get(0).index();
    this.longitudeIndex = query.coordinates().get(1).index();
    this.latitude = Math.toRadians(query.coordinates().get(0).value());
    this.longitude = Math.toRadians(query.coordinates().get(1).value());
  }

  @Override
  public void measureComplete(Chunk chunk, double[] distances) {
    for (int row = 0; row < Chunk.ROWS; row++) {
      distances[row] = chunk.count(row) == 2 ? distanceTo(chunk, row) : Double.NaN;
    }
  }

  @Override
  public void measurePartial(Chunk chunk, double[] distances, double[] shared) {
    measureComplete(chunk, distances);
    Arrays.fill(shared, 2);
  }

  private double distanceTo(Chunk chunk, int row) {
    double otherLatitude = Math.toRadians(chunk.value(latitudeIndex, row));
    double otherLongitude = Math.toRadians(chunk.value(longitudeIndex, row));
    double square =
        haversine(otherLatitude - latitude)
            + Math.cos(latitude) * Math.cos(otherLatitude) * haversine(otherLongitude - longitude);
    return 2 * RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, square)));
  }

  private static double haversine(double angle) {
    double sine = Math.sin(angle / 2);
    return sine * sine;
  }
}

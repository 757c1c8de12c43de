package dev.reprise.evaluation.quality;

import com.google.protobuf.ByteString;
import dev.reprise.evaluation.v1.ErrorSumsState;
import java.math.BigInteger;

/**
 * Sums over pairs of prediction and truth, in whole millionths: addition and subtraction are exact
 * and commute, so that the metrics depend neither on the order of the records, nor on corrections,
 * nor on the number of instances. Sums of squared tempos in millionths overflow 64 bits after some
 * hundred pairs, hence {@link BigInteger}.
 */
public final class ErrorSums {
  private ErrorSums() {}

  /**
   * Returns the sums with a pair added, or without one that was added before.
   *
   * @param sign 1 to add, -1 to subtract
   */
  public static ErrorSumsState update(ErrorSumsState sums, Pair pair, int sign) {
    ErrorSumsState.Builder result =
        sums.toBuilder()
            .setCount(sums.getCount() + sign)
            .setPrediction(sums.getPrediction() + sign * pair.prediction())
            .setTruth(sums.getTruth() + sign * pair.truth())
            .setAbsoluteError(sums.getAbsoluteError() + sign * Math.abs(pair.error()))
            .setOctaveError(sums.getOctaveError() + sign * pair.octaveError())
            .setWithin(sums.getWithin() + (pair.within() ? sign : 0))
            .setWithinOrOctave(sums.getWithinOrOctave() + (pair.withinOrOctave() ? sign : 0))
            .setTruthLagMs(sums.getTruthLagMs() + sign * pair.truthLagMillis())
            .setPredictionSquares(
                addProduct(sums.getPredictionSquares(), sign, pair.prediction(), pair.prediction()))
            .setTruthSquares(addProduct(sums.getTruthSquares(), sign, pair.truth(), pair.truth()))
            .setProducts(addProduct(sums.getProducts(), sign, pair.prediction(), pair.truth()));
    if (pair.baseline().isPresent()) {
      long error = pair.baseline().getAsLong() - pair.truth();
      result
          .setBaselineCount(sums.getBaselineCount() + sign)
          .setBaselineAbsoluteError(sums.getBaselineAbsoluteError() + sign * Math.abs(error))
          .setBaselineSquares(addProduct(sums.getBaselineSquares(), sign, error, error));
    }
    return result.build();
  }

  private static ByteString addProduct(ByteString sum, int sign, long a, long b) {
    BigInteger product = BigInteger.valueOf(sign * a).multiply(BigInteger.valueOf(b));
    return ByteString.copyFrom(integer(sum).add(product).toByteArray());
  }

  /** Decodes a sum of squares or products from the state. */
  static BigInteger integer(ByteString bytes) {
    return bytes.isEmpty() ? BigInteger.ZERO : new BigInteger(bytes.toByteArray());
  }
}

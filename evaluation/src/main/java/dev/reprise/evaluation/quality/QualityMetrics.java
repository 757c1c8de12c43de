package dev.reprise.evaluation.quality;

import static dev.reprise.evaluation.quality.ErrorSums.integer;

import dev.reprise.evaluation.v1.ErrorSumsState;
import java.math.BigInteger;
import java.util.OptionalDouble;

/**
 * Error metrics of predictions against the truth, in the feature's unit.
 *
 * @param bias mean of prediction minus truth
 * @param r2 coefficient of determination, 1 minus the squared errors over the squared deviations of
 *     the truth from its mean; absent if all truths are equal
 * @param pearson correlation, -1 to 1; absent if all truths or all predictions are equal
 * @param baselineMae mean absolute error of the mean baseline; absent if no prediction has one
 * @param baselineRmse root mean squared error of the mean baseline; absent if no prediction has one
 * @param within share of predictions within 4 % of the truth
 * @param withinOrOctave share of predictions within 4 % of the truth after halving, doubling or
 *     neither
 * @param octaveMae mean absolute error of half, single or double the prediction, whichever is
 *     nearest
 * @param truthLagSeconds mean time from the audio event to its truth
 */
public record QualityMetrics(
    long count,
    double mae,
    double rmse,
    double bias,
    OptionalDouble r2,
    OptionalDouble pearson,
    OptionalDouble baselineMae,
    OptionalDouble baselineRmse,
    double within,
    double withinOrOctave,
    double octaveMae,
    double truthLagSeconds) {
  private static final double MILLIONTHS = 1e6;

  /**
   * Computes the metrics from their sums.
   *
   * @param sums of at least one pair
   */
  public static QualityMetrics of(ErrorSumsState sums) {
    double n = sums.getCount();
    BigInteger products = integer(sums.getProducts());
    BigInteger errorSquares =
        integer(sums.getPredictionSquares())
            .add(integer(sums.getTruthSquares()))
            .subtract(products.shiftLeft(1));
    // n times the sums of squared deviations: integers, so that nothing is lost to rounding.
    BigInteger predictionSpread =
        spread(sums.getCount(), integer(sums.getPredictionSquares()), sums.getPrediction());
    BigInteger truthSpread =
        spread(sums.getCount(), integer(sums.getTruthSquares()), sums.getTruth());
    BigInteger crossSpread =
        products
            .multiply(BigInteger.valueOf(sums.getCount()))
            .subtract(
                BigInteger.valueOf(sums.getPrediction())
                    .multiply(BigInteger.valueOf(sums.getTruth())));
    double baselineCount = sums.getBaselineCount();
    return new QualityMetrics(
        sums.getCount(),
        sums.getAbsoluteError() / n / MILLIONTHS,
        Math.sqrt(errorSquares.doubleValue() / n) / MILLIONTHS,
        (sums.getPrediction() - sums.getTruth()) / n / MILLIONTHS,
        r2(n, errorSquares, truthSpread),
        pearson(crossSpread, predictionSpread, truthSpread),
        defined(baselineCount > 0, sums.getBaselineAbsoluteError() / baselineCount / MILLIONTHS),
        defined(
            baselineCount > 0,
            Math.sqrt(integer(sums.getBaselineSquares()).doubleValue() / baselineCount)
                / MILLIONTHS),
        sums.getWithin() / n,
        sums.getWithinOrOctave() / n,
        sums.getOctaveError() / n / MILLIONTHS,
        sums.getTruthLagMs() / n / 1e3);
  }

  private static BigInteger spread(long count, BigInteger squares, long sum) {
    return squares.multiply(BigInteger.valueOf(count)).subtract(BigInteger.valueOf(sum).pow(2));
  }

  private static OptionalDouble r2(double n, BigInteger errorSquares, BigInteger truthSpread) {
    return defined(
        truthSpread.signum() > 0, 1 - n * errorSquares.doubleValue() / truthSpread.doubleValue());
  }

  private static OptionalDouble pearson(
      BigInteger crossSpread, BigInteger predictionSpread, BigInteger truthSpread) {
    double r =
        crossSpread.doubleValue()
            / Math.sqrt(predictionSpread.doubleValue())
            / Math.sqrt(truthSpread.doubleValue());
    return defined(
        predictionSpread.signum() > 0 && truthSpread.signum() > 0, Math.max(-1, Math.min(1, r)));
  }

  private static OptionalDouble defined(boolean isDefined, double value) {
    return isDefined ? OptionalDouble.of(value) : OptionalDouble.empty();
  }
}

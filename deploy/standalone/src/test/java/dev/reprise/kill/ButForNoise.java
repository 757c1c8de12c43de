package dev.reprise.kill;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Compares JSON texts whose fractions may differ by what rounding to a millionth leaves. */
final class ButForNoise {
  private static final Pattern FRACTION = Pattern.compile("-?\\d+\\.\\d+(?:E-?\\d+)?");
  private static final double RELATIVE = 2e-6;

  private ButForNoise() {}

  /** 0 where the texts say the same, otherwise their order as texts. */
  static int compare(String one, String other) {
    return saysTheSame(one, other) ? 0 : one.compareTo(other);
  }

  private static boolean saysTheSame(String one, String other) {
    List<Double> ours = fractions(one);
    List<Double> theirs = fractions(other);
    if (!FRACTION.matcher(one).replaceAll("#").equals(FRACTION.matcher(other).replaceAll("#"))) {
      return false;
    }
    for (int i = 0; i < ours.size(); i++) {
      double difference = Math.abs(ours.get(i) - theirs.get(i));
      if (difference > RELATIVE * Math.max(1, Math.abs(theirs.get(i)))) {
        return false;
      }
    }
    return true;
  }

  private static List<Double> fractions(String text) {
    return FRACTION.matcher(text).results().map(MatchResult::group).map(Double::valueOf).toList();
  }
}

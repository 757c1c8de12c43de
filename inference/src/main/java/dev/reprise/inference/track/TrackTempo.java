package dev.reprise.inference.track;

import dev.reprise.inference.scoring.TempoEstimate;
import java.util.Comparator;
import java.util.List;

/**
 * The tempo of a track from those of its clips: the lower median, each clip weighted by its
 * confidence. The mean of 80 and 160 would be 120, which is the tempo of neither clip; a median is
 * always the tempo of a clip, and the lower median never averages the middle two.
 */
final class TrackTempo {
  /** Relative margin within which two tempos agree, as in the usual tempo accuracy measure. */
  private static final double MARGIN = 0.04;

  /** Weights are summed as whole millionths, so that the order of the clips does not matter. */
  private static final double MILLIONTHS = 1e6;

  private static final Comparator<TempoEstimate> ORDER =
      Comparator.comparingDouble(TempoEstimate::bpm)
          .thenComparingDouble(TempoEstimate::alternateBpm)
          .thenComparingDouble(TempoEstimate::confidence);

  private TrackTempo() {}

  /**
   * Returns the tempo of a track.
   *
   * @param clips at least one; weighted equally if all confidences are 0
   * @return the chosen clip's tempo and alternate; the confidence is the sum of those of the clips
   *     that agree with it within 4 %, divided by the number of clips
   */
  static TempoEstimate of(List<TempoEstimate> clips) {
    TempoEstimate chosen = median(clips.stream().sorted(ORDER).toList());
    long agreeing =
        clips.stream()
            .filter(clip -> Math.abs(clip.bpm() - chosen.bpm()) <= MARGIN * chosen.bpm())
            .mapToLong(TrackTempo::weight)
            .sum();
    return new TempoEstimate(
        chosen.bpm(), chosen.alternateBpm(), agreeing / MILLIONTHS / clips.size());
  }

  private static TempoEstimate median(List<TempoEstimate> sorted) {
    long total = sorted.stream().mapToLong(TrackTempo::weight).sum();
    if (total == 0) {
      return sorted.get((sorted.size() - 1) / 2);
    }
    long upToHere = 0;
    int i = -1;
    while (2 * upToHere < total) {
      i++;
      upToHere += weight(sorted.get(i));
    }
    return sorted.get(i);
  }

  private static long weight(TempoEstimate clip) {
    return Math.round(clip.confidence() * MILLIONTHS);
  }
}

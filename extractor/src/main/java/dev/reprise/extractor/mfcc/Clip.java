package dev.reprise.extractor.mfcc;

/**
 * The coefficients of one clip of a track.
 *
 * @param index position of the clip in its track, from 0
 * @param frames number of frames (columns)
 * @param coefficients [20, frames], row-major; not copied
 * @param startSeconds start of the clip in its track
 * @param durationSeconds length of the clip
 */
public record Clip(
    int index, int frames, float[] coefficients, double startSeconds, double durationSeconds) {

  public Clip {
    if (index < 0 || frames < 1 || coefficients.length % frames != 0) {
      throw new IllegalArgumentException(
          "Clip "
              + index
              + " has "
              + coefficients.length
              + " coefficients in "
              + frames
              + " frames.");
    }
  }
}

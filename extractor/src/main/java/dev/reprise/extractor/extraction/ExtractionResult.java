package dev.reprise.extractor.extraction;

import dev.reprise.contract.Mark;
import dev.reprise.extractor.decode.AudioInfo;
import java.time.Duration;
import java.util.Set;

/**
 * The result of extracting one file.
 *
 * @param clipCount number of clips passed to the sink
 * @param decodedSeconds length of the decoded audio, including a dropped last piece
 * @param declaredSeconds duration that the container declares, or NaN if it declares none
 * @param marks reasons to doubt its predictions
 * @param audio detected format of the file
 * @param decodeTime time spent reading, decoding and resampling
 * @param mfccTime time spent computing coefficients, excluding the sink's
 */
public record ExtractionResult(
    int clipCount,
    double decodedSeconds,
    double declaredSeconds,
    Set<Mark> marks,
    AudioInfo audio,
    Duration decodeTime,
    Duration mfccTime) {

  public ExtractionResult {
    marks = Set.copyOf(marks);
  }
}

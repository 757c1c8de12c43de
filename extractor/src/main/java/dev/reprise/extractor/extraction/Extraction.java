package dev.reprise.extractor.extraction;

import dev.reprise.contract.Mark;
import dev.reprise.extractor.decode.AudioInfo;
import java.time.Duration;
import java.util.Set;

/**
 * What came of one file.
 *
 * @param clipCount clips given to the sink
 * @param decodedSeconds length of the audio that was decoded, dropped last piece included
 * @param promisedSeconds length that the container promises, or NaN if it promises nothing
 * @param marks what makes a prediction of it doubtful
 * @param audio what the file turned out to be
 * @param decodeTime time spent reading, decoding and resampling
 * @param mfccTime time spent computing coefficients, the sink's not included
 */
public record Extraction(
    int clipCount,
    double decodedSeconds,
    double promisedSeconds,
    Set<Mark> marks,
    AudioInfo audio,
    Duration decodeTime,
    Duration mfccTime) {

  public Extraction {
    marks = Set.copyOf(marks);
  }
}

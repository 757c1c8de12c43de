package dev.reprise.extractor.extraction;

import dev.reprise.extractor.decode.AudioInfo;
import java.time.Duration;

/**
 * What came of one file.
 *
 * @param clipCount clips given to the sink
 * @param decodedSeconds length of the audio that was decoded, dropped last piece included
 * @param audio what the file turned out to be
 * @param decodeTime time spent reading, decoding and resampling
 * @param mfccTime time spent computing coefficients, the sink's not included
 */
public record Extraction(
    int clipCount,
    double decodedSeconds,
    AudioInfo audio,
    Duration decodeTime,
    Duration mfccTime) {}

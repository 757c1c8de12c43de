package dev.reprise.extractor.extraction;

import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.RejectedException;
import dev.reprise.extractor.decode.AudioDecoder;
import dev.reprise.extractor.decode.AudioInput;
import dev.reprise.extractor.decode.DecodeLimits;
import dev.reprise.extractor.decode.NativeRealFft;
import dev.reprise.extractor.mfcc.ClipAnalyzer;
import dev.reprise.extractor.mfcc.ClipCutter;
import java.util.Set;

/**
 * Extracts the MFCC clips of files, one file at a time.
 *
 * <p>Streaming: a clip goes to the sink as soon as it is final, and memory does not grow with the
 * length of the file. Owns native memory, which {@link #close()} frees. Reusable; one instance per
 * thread.
 */
public final class AudioExtractor implements AutoCloseable {
  /** Samples per chunk: small enough to stay in the processor's cache. */
  private static final int CHUNK_SAMPLES = 4096;

  private final MfccContract contract;
  private final DecodeLimits limits;
  private final ClipAnalyzer analyzer;
  private final float[] chunk = new float[CHUNK_SAMPLES];

  public AudioExtractor(MfccContract contract, DecodeLimits limits) {
    this.contract = contract;
    this.limits = limits;
    analyzer = new ClipAnalyzer(contract, new NativeRealFft(contract.fftSamples()));
  }

  /**
   * Extracts one file.
   *
   * @param audio the encoded audio; not closed
   * @param sink receives each clip
   * @throws ExtractionException if the file is rejected; clips that the sink has received are to be
   *     discarded
   */
  public ExtractionResult extract(AudioInput audio, ClipSink sink) throws ExtractionException {
    ExtractionClock clock = new ExtractionClock();
    double decodedSeconds = 0;
    try (AudioDecoder decoder = AudioDecoder.open(audio, contract, limits)) {
      try {
        ClipCutter cutter = newCutter(sink, clock);
        int clips = cutAll(decoder, cutter, clock);
        return new ExtractionResult(
            clips,
            decoder.decodedSeconds(),
            decoder.declaredSeconds(),
            marks(decoder, cutter),
            decoder.info(),
            clock.decodeTime(),
            clock.computeTime());
      } finally {
        decodedSeconds = decoder.decodedSeconds();
      }
    } catch (RejectedException e) {
      throw new ExtractionException(e, decodedSeconds);
    }
  }

  private static Set<Mark> marks(AudioDecoder decoder, ClipCutter cutter) {
    Set<Mark> marks = decoder.marks();
    if (!marks.contains(Mark.SILENT)) {
      marks.addAll(cutter.marks());
    }
    return marks;
  }

  private ClipCutter newCutter(ClipSink sink, ExtractionClock clock) {
    return new ClipCutter(
        contract,
        analyzer,
        clip -> {
          clock.lapCompute();
          sink.accept(clip);
          clock.discardLap();
        });
  }

  private int cutAll(AudioDecoder decoder, ClipCutter cutter, ExtractionClock clock)
      throws RejectedException {
    int count = decoder.read(chunk, 0, chunk.length);
    while (count >= 0) {
      clock.lapDecode();
      cutter.accept(chunk, 0, count);
      clock.lapCompute();
      count = decoder.read(chunk, 0, chunk.length);
    }
    clock.lapDecode();
    int clips = cutter.finish();
    clock.lapCompute();
    return clips;
  }

  /** Frees the native memory; may be called more than once. */
  @Override
  public void close() {
    analyzer.close();
  }
}

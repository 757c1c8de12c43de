package dev.reprise.extractor.decode;

import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import dev.reprise.runtime.Deadline;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/**
 * Decodes one audio file to mono samples at the contract's rate, streaming: memory does not grow
 * with the length of the file.
 *
 * <p>Every problem with the file is reported as a {@link RejectedException}. The decoder owns
 * native memory, which {@link #close()} frees; it does not close the channel. Not thread-safe.
 */
public final class AudioDecoder implements AutoCloseable {
  /** -60 dBFS: a track that stays below is silent. */
  private static final float SILENCE = 1e-3f;

  /**
   * Maximum shortfall from the declared duration that does not count as truncation: encoder delay
   * and padding, and headers with approximate durations.
   */
  private static final double TOLERANCE_SECONDS = 0.5;

  private static final double TOLERANCE_SHARE = 0.01;

  private final NativeScope scope;
  private final MfccContract contract;
  private final DecodeLimits limits;
  private final AudioInfo info;
  private final Demuxer demuxer;
  private final FrameDecoder decoder;
  private final MonoConverter converter;
  private long samples;
  private float peak;
  private boolean ended;
  private boolean closed;

  private AudioDecoder(
      NativeScope scope,
      MfccContract contract,
      DecodeLimits limits,
      AudioInfo info,
      Demuxer demuxer,
      FrameDecoder decoder,
      MonoConverter converter) {
    this.scope = scope;
    this.contract = contract;
    this.limits = limits;
    this.info = info;
    this.demuxer = demuxer;
    this.decoder = decoder;
    this.converter = converter;
  }

  /**
   * Opens a file and reads its headers.
   *
   * @param audio the encoded audio; not closed
   * @throws RejectedException if it is of no known format, has no audio that can be decoded, or
   *     exceeds the limits
   */
  public static AudioDecoder open(AudioInput audio, MfccContract contract, DecodeLimits limits)
      throws RejectedException {
    FFmpeg.load();
    NativeScope scope = new NativeScope();
    try {
      Deadline deadline = Deadline.after(limits.maxDecodeTime());
      ChannelInput input = scope.own(new ChannelInput(audio.channel(), deadline));
      Demuxer demuxer = scope.own(new Demuxer(input, audio));
      FrameDecoder decoder = scope.own(new FrameDecoder(demuxer));
      MonoConverter converter = scope.own(new MonoConverter(contract, limits.maxChannels()));
      return new AudioDecoder(
          scope, contract, limits, infoOf(demuxer), demuxer, decoder, converter);
    } catch (Throwable e) {
      scope.close();
      throw e;
    }
  }

  private static AudioInfo infoOf(Demuxer demuxer) {
    AVCodecParameters parameters = demuxer.parameters();
    return new AudioInfo(
        demuxer.container(),
        demuxer.codec(),
        parameters.sample_rate(),
        parameters.ch_layout().nb_channels());
  }

  public AudioInfo info() {
    return info;
  }

  /** Returns the length of the audio that {@link #read} has returned so far, in seconds. */
  public double decodedSeconds() {
    return (double) samples / contract.sampleRateHz();
  }

  /** Returns the duration that the container declares, in seconds, or NaN if it declares none. */
  public double declaredSeconds() {
    return demuxer.declaredSeconds();
  }

  /** Returns the marks of the audio, which {@link #read} has read to its end. */
  public Set<Mark> marks() {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    double missing = declaredSeconds() - decodedSeconds();
    if (demuxer.failed()
        || missing > Math.max(TOLERANCE_SECONDS, TOLERANCE_SHARE * declaredSeconds())) {
      marks.add(Mark.TRUNCATED);
    }
    if (peak < SILENCE) {
      marks.add(Mark.SILENT);
    }
    if (converter.isInverted()) {
      marks.add(Mark.PHASE_INVERTED);
    }
    return marks;
  }

  /**
   * Reads the next samples: mono, at the contract's rate, finite.
   *
   * @return how many of {@code count} were written to {@code buffer} from {@code offset} on, at
   *     least 1; or -1 at the end of the audio, which may be an error in the container
   * @throws RejectedException if the rest cannot be decoded, or a limit is exceeded; the samples
   *     before it have been returned
   */
  public int read(float[] buffer, int offset, int count) throws RejectedException {
    if (closed) {
      throw new IllegalStateException("The decoder is closed.");
    }
    while (converter.available() == 0) {
      if (ended) {
        return -1;
      }
      convertNext();
    }
    int taken = converter.take(buffer, offset, count);
    peak = Math.max(peak, Peak.of(buffer, offset, taken));
    if (!Float.isFinite(peak)) {
      throw new RejectedException(
          Reason.DECODE_FAILED, "The audio has samples that are not finite numbers.");
    }
    samples += taken;
    checkDuration();
    return taken;
  }

  private void convertNext() throws RejectedException {
    AVFrame frame = decoder.next();
    if (frame != null) {
      converter.convert(frame);
    } else {
      checkCorruption();
      converter.finish();
      ended = true;
      requireAudio();
    }
  }

  private void requireAudio() throws RejectedException {
    boolean expected = demuxer.failed() || declaredSeconds() > 0;
    if (expected && samples == 0 && converter.available() == 0) {
      throw new RejectedException(
          Reason.DECODE_FAILED,
          "The " + info.container() + " file declares audio, but none of it can be decoded.");
    }
  }

  private void checkCorruption() throws RejectedException {
    double share = decoder.corruptShare();
    if (share > limits.maxCorruptShare()) {
      throw new RejectedException(
          Reason.TOO_CORRUPT,
          String.format(
              Locale.ROOT,
              "%.0f %% of the packets are corrupt; at most %.0f %% are accepted.",
              100 * share,
              100 * limits.maxCorruptShare()));
    }
  }

  private void checkDuration() throws RejectedException {
    if (decodedSeconds() > limits.maxDuration().toNanos() / 1e9) {
      throw new RejectedException(
          Reason.TOO_LONG, "The audio is longer than " + limits.maxDuration().toSeconds() + " s.");
    }
  }

  /** Frees the native memory; may be called more than once. */
  @Override
  public void close() {
    closed = true;
    scope.close();
  }
}

package dev.reprise.extractor.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_FLTP;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S16;
import static org.bytedeco.ffmpeg.global.avutil.AV_SAMPLE_FMT_S32;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_default;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;

import dev.reprise.contract.MfccContract;
import dev.reprise.contract.Reason;
import dev.reprise.contract.RejectedException;
import java.util.Arrays;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.ShortPointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames whose rate, channels or format change, as in uncommon but valid files. */
class MonoConverterTest {
  private static final double TONE_HZ = 997;

  private final MonoConverter converter;
  private float[] samples = new float[0];

  MonoConverterTest() throws RejectedException {
    FFmpeg.load();
    converter = new MonoConverter(MfccContract.current(), 8);
  }

  @AfterEach
  void close() {
    converter.close();
    converter.close();
  }

  @Test
  void theRateMayChange() throws Exception {
    for (int rateHz : new int[] {44_100, 32_000, 22_050, 96_000, 44_100}) {
      convert(AV_SAMPLE_FMT_FLTP, rateHz, 2, 1);
    }
    finish();
    assertThat(samples).hasSize(5 * 22_050);
    assertAllIsTone();
  }

  @Test
  void channelsAndFormatMayChange() throws Exception {
    convert(AV_SAMPLE_FMT_S16, 44_100, 1, 0.5);
    convert(AV_SAMPLE_FMT_FLTP, 44_100, 6, 0.5);
    convert(AV_SAMPLE_FMT_S32, 44_100, 2, 0.5);
    convert(AV_SAMPLE_FMT_S16, 44_100, 2, 0.5);
    finish();
    assertThat(samples).hasSize(2 * 22_050);
    assertAllIsTone();
  }

  @Test
  void framesMayBeOfAnyLength() throws Exception {
    int total = 0;
    for (int length : new int[] {1, 2, 3, 65_535, 1, 16, 65_536, 5, 4096, 1152}) {
      convert(AV_SAMPLE_FMT_FLTP, 48_000, 1, length / 48_000.0);
      total += length;
    }
    finish();
    assertThat(samples).hasSize((int) Math.ceil(total * 22_050.0 / 48_000));
  }

  @Test
  void nothingInNothingOut() throws Exception {
    finish();
    assertThat(samples).isEmpty();
  }

  @Test
  void moreChannelsThanAllowed() {
    assertThatThrownBy(() -> convert(AV_SAMPLE_FMT_FLTP, 44_100, 9, 1))
        .isInstanceOfSatisfying(
            RejectedException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.TOO_MANY_CHANNELS));
  }

  private void convert(int format, int rateHz, int channels, double seconds)
      throws RejectedException {
    AVFrame frame = av_frame_alloc();
    try {
      int count = (int) Math.round(seconds * rateHz);
      frame.format(format).sample_rate(rateHz).nb_samples(count);
      av_channel_layout_default(frame.ch_layout(), channels);
      assertThat(av_frame_get_buffer(frame, 0)).isNotNegative();
      fill(frame, format, channels);
      converter.convert(frame);
      takeAll();
    } finally {
      av_frame_free(frame);
    }
  }

  /** Every channel has the tone, from phase 0. */
  private static void fill(AVFrame frame, int format, int channels) {
    int count = frame.nb_samples();
    for (int i = 0; i < count; i++) {
      double value = 0.4 * Math.sin(2 * Math.PI * TONE_HZ * i / frame.sample_rate());
      for (int c = 0; c < channels; c++) {
        BytePointer packed = frame.extended_data(0);
        if (format == AV_SAMPLE_FMT_FLTP) {
          new FloatPointer(frame.extended_data(c)).put(i, (float) value);
        } else if (format == AV_SAMPLE_FMT_S16) {
          new ShortPointer(packed).put((long) i * channels + c, (short) (value * 0x1p15));
        } else {
          new IntPointer(packed).put((long) i * channels + c, (int) (value * 0x1p31));
        }
      }
    }
  }

  private void finish() throws RejectedException {
    converter.finish();
    takeAll();
  }

  private void takeAll() {
    int length = samples.length;
    samples = Arrays.copyOf(samples, length + converter.available());
    converter.take(samples, length, samples.length - length);
    assertThat(converter.available()).isZero();
  }

  private void assertAllIsTone() {
    double power = 0;
    for (float sample : samples) {
      power += (double) sample * sample;
    }
    assertThat(Math.sqrt(2 * power / samples.length)).isCloseTo(0.4, within(0.002));
  }
}

/**
 * Encoded audio in, mono samples out: the only package that touches FFmpeg.
 *
 * <p>In order: {@link dev.reprise.extractor.decode.ChannelInput} reads the bytes, {@link
 * dev.reprise.extractor.decode.FormatProbe} detects the format, {@link
 * dev.reprise.extractor.decode.Demuxer} finds the audio stream and its packets, {@link
 * dev.reprise.extractor.decode.FrameDecoder} turns packets into frames, and {@link
 * dev.reprise.extractor.decode.MonoConverter} turns frames into mono samples: {@link
 * dev.reprise.extractor.decode.ChannelMean} averages the channels with a {@link
 * dev.reprise.extractor.decode.Downmixer}, or selects one where they cancel each other, and {@link
 * dev.reprise.extractor.decode.Resampler} changes the rate. {@link
 * dev.reprise.extractor.decode.AudioDecoder} is the entry point for other packages.
 */
@NullMarked
package dev.reprise.extractor.decode;

import org.jspecify.annotations.NullMarked;

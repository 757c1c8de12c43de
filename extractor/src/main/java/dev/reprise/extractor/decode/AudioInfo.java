package dev.reprise.extractor.decode;

/**
 * The detected format of a file.
 *
 * @param container FFmpeg's name of the container, for example {@code mp3}
 * @param codec FFmpeg's name of the codec, for example {@code aac}
 * @param sampleRateHz rate of the first decoded audio, before resampling
 * @param channels channels of the first decoded audio, before averaging
 */
public record AudioInfo(String container, String codec, int sampleRateHz, int channels) {}

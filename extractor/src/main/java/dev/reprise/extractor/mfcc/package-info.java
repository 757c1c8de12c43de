/**
 * Samples in, MFCC clips out: one class per stage of the signal path, in pure Java.
 *
 * <p>In order: {@link dev.reprise.extractor.mfcc.ClipCutter} cuts the track into clips, {@link
 * dev.reprise.extractor.mfcc.ClipAnalyzer} frames one clip, {@link
 * dev.reprise.extractor.mfcc.PowerSpectrum} and {@link dev.reprise.extractor.mfcc.MelFilterBank}
 * compute one frame, {@link dev.reprise.extractor.mfcc.Decibels} and {@link
 * dev.reprise.extractor.mfcc.CosineTransform} turn the finished clip into coefficients. {@link
 * dev.reprise.extractor.mfcc.TrackSpectrum} sums up the mel bands of the whole track, from which
 * the marks {@code noise} and {@code tone} follow.
 */
@NullMarked
package dev.reprise.extractor.mfcc;

import org.jspecify.annotations.NullMarked;

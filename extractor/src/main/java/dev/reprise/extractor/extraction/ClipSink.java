package dev.reprise.extractor.extraction;

import dev.reprise.extractor.mfcc.Clip;

/** Receives the clips of a track, in order. Its exceptions propagate through the extraction. */
public interface ClipSink {
  void accept(Clip clip);
}

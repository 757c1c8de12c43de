package dev.reprise.extractor.mfcc;

class JavaRealFftTest extends RealFftSuite {
  @Override
  protected RealFft create(int size) {
    return new JavaRealFft(size);
  }
}

package dev.reprise.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Why an input was rejected. The set is bounded: the same word stands in the dead letter's header,
 * in the metric's label, in the terminal record of an extraction and in docs/TOPICS.md.
 */
public enum Reason {
  /** The record's key is missing, empty, too long or not UTF-8. */
  BAD_KEY(Stage.EVENT),
  /** The record has no value. */
  EMPTY_EVENT(Stage.EVENT),
  /** The value is not an {@code AudioFile} in JSON. */
  BAD_EVENT(Stage.EVENT),
  /** The event's URI is malformed or of a scheme that is not supported. */
  BAD_URI(Stage.FETCH),
  /** The source lies outside the allowed folders or hosts. */
  SOURCE_NOT_ALLOWED(Stage.FETCH),
  /** The source does not exist. */
  SOURCE_NOT_FOUND(Stage.FETCH),
  /** The source exists but could not be read. */
  SOURCE_UNREADABLE(Stage.FETCH),
  /** The source is larger than the configured bound. */
  SOURCE_TOO_LARGE(Stage.FETCH),
  /** Fetching the source took longer than the configured bound. */
  FETCH_TIMEOUT(Stage.FETCH),
  /** The bytes are of no audio format that Reprise reads. */
  UNKNOWN_FORMAT(Stage.DECODE),
  /** The file has no audio stream. */
  NO_AUDIO_STREAM(Stage.DECODE),
  /** No decoder exists for the audio stream's codec. */
  UNKNOWN_CODEC(Stage.DECODE),
  /** The audio has more channels than the configured bound. */
  TOO_MANY_CHANNELS(Stage.DECODE),
  /** The audio is longer than the configured bound. */
  TOO_LONG(Stage.DECODE),
  /** The audio is shorter than a second. */
  TOO_SHORT(Stage.DECODE),
  /** More of the packets are corrupt than the configured share. */
  TOO_CORRUPT(Stage.DECODE),
  /** Decoding failed in the middle of the audio. */
  DECODE_FAILED(Stage.DECODE),
  /** Decoding took longer than the configured bound. */
  DECODE_TIMEOUT(Stage.DECODE),
  /** The decoder's process died while it decoded the file. */
  DECODER_CRASHED(Stage.DECODE),
  /** Decoding takes more memory than the configured bound. */
  DECODER_OUT_OF_MEMORY(Stage.DECODE),
  /** The value is not an {@code MfccRecord}, or contradicts itself. */
  BAD_MFCC(Stage.SCORE),
  /** The clip was computed under another MFCC contract than the model's. */
  CONTRACT_MISMATCH(Stage.SCORE),
  /** The model failed on the clip, or gave a value that may not be published. */
  SCORING_FAILED(Stage.SCORE),
  /** The model that scored the track's first clips is no longer loaded. */
  MODEL_CHANGED(Stage.SCORE),
  /** The value is not a {@code Truth} in JSON, or a value of it is out of range. */
  BAD_TRUTH(Stage.EVALUATE),
  /** The record on a predictions topic is not a {@code Prediction} in JSON. */
  BAD_PREDICTION(Stage.EVALUATE),
  /** A fault in the extractor itself. */
  EXTRACTOR_FAULT(Stage.DECODE),
  /** A fault in the inference service itself. */
  INFERENCE_FAULT(Stage.SCORE),
  /** A fault in the evaluation itself. */
  EVALUATION_FAULT(Stage.EVALUATE);

  private final Stage stage;

  Reason(Stage stage) {
    this.stage = stage;
  }

  public Stage stage() {
    return stage;
  }

  /** The word used in headers, metric labels and documents, for example {@code too-short}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the reason that {@code label} names, if any. */
  public static Optional<Reason> ofLabel(String label) {
    return Arrays.stream(values()).filter(reason -> reason.label().equals(label)).findFirst();
  }
}

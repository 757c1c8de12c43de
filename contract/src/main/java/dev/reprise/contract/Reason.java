package dev.reprise.contract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The reason why an input was rejected. The set is bounded: the same word is used in the dead
 * letter's header, in the metric's label, in the terminal record of an extraction and in
 * docs/TOPICS.md.
 */
public enum Reason {
  /** The record's key is missing, empty, too long or not UTF-8. */
  BAD_KEY(Stage.EVENT),
  /** The record has no value. */
  EMPTY_EVENT(Stage.EVENT),
  /** The value is not an {@code AudioFile} in JSON. */
  BAD_EVENT(Stage.EVENT),
  /** The event's URI is malformed or its scheme is not supported. */
  BAD_URI(Stage.FETCH),
  /** The source lies outside the allowed folders or hosts. */
  SOURCE_NOT_ALLOWED(Stage.FETCH),
  /** The source does not exist. */
  SOURCE_NOT_FOUND(Stage.FETCH),
  /** The source exists but could not be read. */
  SOURCE_UNREADABLE(Stage.FETCH),
  /** The source is larger than the configured limit. */
  SOURCE_TOO_LARGE(Stage.FETCH),
  /** The source changed while it was read. */
  SOURCE_CHANGED(Stage.FETCH),
  /** Fetching the source took longer than the configured limit. */
  FETCH_TIMEOUT(Stage.FETCH),
  /** The bytes are in no audio format that Reprise supports. */
  UNKNOWN_FORMAT(Stage.DECODE),
  /** The file has no audio stream. */
  NO_AUDIO_STREAM(Stage.DECODE),
  /** No decoder exists for the audio stream's codec. */
  UNKNOWN_CODEC(Stage.DECODE),
  /** The audio has more channels than the configured limit. */
  TOO_MANY_CHANNELS(Stage.DECODE),
  /** The audio is longer than the configured limit. */
  TOO_LONG(Stage.DECODE),
  /** The audio is shorter than a second. */
  TOO_SHORT(Stage.DECODE),
  /** The share of corrupt packets exceeds the configured limit. */
  TOO_CORRUPT(Stage.DECODE),
  /** Decoding failed in the middle of the audio. */
  DECODE_FAILED(Stage.DECODE),
  /** Decoding took longer than the configured limit. */
  DECODE_TIMEOUT(Stage.DECODE),
  /** The decoder process died while it decoded the file. */
  DECODER_CRASHED(Stage.DECODE),
  /** Decoding needs more memory than the configured limit. */
  DECODER_OUT_OF_MEMORY(Stage.DECODE),
  /** The value is not an {@code MfccRecord}, or is inconsistent. */
  BAD_MFCC(Stage.SCORE),
  /** The clip was computed under a different MFCC contract from the model's. */
  CONTRACT_MISMATCH(Stage.SCORE),
  /** The model failed on the clip, or returned a value that must not be published. */
  SCORING_FAILED(Stage.SCORE),
  /** The model that scored the track's first clips is no longer loaded. */
  MODEL_CHANGED(Stage.SCORE),
  /** The value is not a {@code Truth} in JSON, or one of its values is out of range. */
  BAD_TRUTH(Stage.EVALUATE),
  /** The record on a predictions topic is not a {@code Prediction} in JSON. */
  BAD_PREDICTION(Stage.EVALUATE),
  /** Internal error of the extractor. */
  EXTRACTOR_FAULT(Stage.DECODE),
  /** Internal error of the inference service. */
  INFERENCE_FAULT(Stage.SCORE),
  /** Internal error of the evaluation. */
  EVALUATION_FAULT(Stage.EVALUATE);

  private final Stage stage;

  Reason(Stage stage) {
    this.stage = stage;
  }

  public Stage stage() {
    return stage;
  }

  /** Returns the word used in headers, metric labels and documents, such as {@code too-short}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the reason that {@code label} names, if any. */
  public static Optional<Reason> ofLabel(String label) {
    return Arrays.stream(values()).filter(reason -> reason.label().equals(label)).findFirst();
  }
}

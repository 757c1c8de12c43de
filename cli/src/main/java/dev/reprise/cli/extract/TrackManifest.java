package dev.reprise.cli.extract;

import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.FileState;
import dev.reprise.contract.Mark;
import dev.reprise.contract.MfccContract;
import dev.reprise.extractor.extraction.ExtractionResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The manifest of a track's arrays: what they were computed from, kept next to them as JSON.
 *
 * @param source the audio file's URI
 * @param bytes its size
 * @param modified time of its last modification, in ISO 8601
 * @param sha256 of its content, in hexadecimal digits
 * @param contract name and SHA-256 of the MFCC contract
 * @param decodedSeconds length of the decoded audio
 * @param marks labels of the {@link Mark}s that make the arrays doubtful
 */
record TrackManifest(
    String trackId,
    String source,
    long bytes,
    String modified,
    String sha256,
    String contract,
    int clipCount,
    double decodedSeconds,
    List<String> marks) {
  private static final Gson GSON =
      new GsonBuilder()
          .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES)
          .disableHtmlEscaping()
          .setPrettyPrinting()
          .create();

  static TrackManifest of(
      AudioTrack track, FileState state, String sha256, ExtractionResult extraction) {
    MfccContract contract = MfccContract.current();
    return new TrackManifest(
        track.id(),
        track.file().toUri().toString(),
        state.bytes(),
        state.modified().toString(),
        sha256,
        contract.name() + " " + contract.sha256(),
        extraction.clipCount(),
        extraction.decodedSeconds(),
        extraction.marks().stream().map(Mark::label).sorted().toList());
  }

  /** Reads a manifest; empty if it is missing or malformed. */
  static Optional<TrackManifest> read(Path file) throws IOException {
    try {
      @Nullable TrackManifest manifest = GSON.fromJson(Files.readString(file), TrackManifest.class);
      return Optional.ofNullable(manifest).filter(TrackManifest::isComplete);
    } catch (NoSuchFileException | JsonParseException e) {
      return Optional.empty();
    }
  }

  /** Returns whether the file had every field; Gson leaves missing ones null. */
  private boolean isComplete() {
    return Stream.of(trackId, source, modified, sha256, marks).noneMatch(Objects::isNull);
  }

  String json() {
    return GSON.toJson(this) + "\n";
  }

  /** Returns whether the arrays are those of the whole file in its current state. */
  boolean isCurrent(FileState state, String sha256) {
    return bytes == state.bytes()
        && modified.equals(state.modified().toString())
        && this.sha256.equals(sha256)
        && !marks.contains(Mark.TRUNCATED.label());
  }

  /** Returns whether the arrays belong to a different file and must not be replaced. */
  boolean belongsToOther(AudioTrack track, String sha256) {
    return !trackId.equals(track.id())
        || (!source.equals(track.file().toUri().toString()) && !this.sha256.equals(sha256));
  }
}

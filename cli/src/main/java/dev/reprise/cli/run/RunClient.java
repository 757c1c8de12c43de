package dev.reprise.cli.run;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.cli.files.AudioTrack;
import dev.reprise.cli.files.TrackSelection;
import dev.reprise.cli.output.IdColumn;
import dev.reprise.cli.output.Output;
import dev.reprise.cli.output.PredictionFormat;
import dev.reprise.cli.output.Progress;
import dev.reprise.cli.submit.EventSender;
import dev.reprise.cli.submit.Submitted;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.Health;
import dev.reprise.runtime.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits tracks, and writes predictions until each track is predicted or has failed. */
public final class RunClient {
  private static final Logger log = LoggerFactory.getLogger(RunClient.class);
  private static final Duration POLL = Duration.ofMillis(250);

  private final Pipeline pipeline;
  private final PredictionFormat format;
  private final Output output;
  private final Progress progress;
  private final RunOutcomes outcomes;
  private final TrackSelection selection;
  private final IdColumn ids;
  private final RunSummary summary;

  public RunClient(
      Pipeline pipeline,
      PredictionFormat format,
      Output output,
      Progress progress,
      TrackSelection selection) {
    this.pipeline = pipeline;
    this.format = format;
    this.output = output;
    this.progress = progress;
    this.selection = selection;
    this.ids = IdColumn.of(selection.tracks().stream().map(AudioTrack::id).toList());
    this.summary = new RunSummary(selection);
    this.outcomes = new RunOutcomes(pipeline.kafka().topics());
  }

  /**
   * Runs until every track is predicted or has failed.
   *
   * @throws ConfigurationException if a service stops, or a topic is missing
   */
  public RunSummary run() throws ConfigurationException, IOException, InterruptedException {
    Topics topics = pipeline.kafka().topics();
    try (TopicReader reader =
        TopicReader.fromEnd(
            pipeline.kafka(), List.of(topics.predictions(), topics.deadLetters()))) {
      submit();
      for (String line : format.header(ids)) {
        output.writeLine(line);
      }
      while (!outcomes.isComplete()) {
        requireAlive();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          process(record);
        }
      }
    }
    summary.finish(outcomes.failures());
    return summary;
  }

  private void submit() throws InterruptedException {
    Submitted submitted;
    try (EventSender sender = new EventSender(pipeline.kafka())) {
      submitted = sender.sendUris(selection.tracks());
    }
    submitted.events().forEach(outcomes::addPending);
    for (String failure : submitted.failures()) {
      outcomes.addFailure(failure);
      progress.step();
    }
  }

  private void process(ConsumerRecord<byte[], byte[]> record) throws IOException {
    int pending = outcomes.pending();
    Optional<Prediction> prediction = correlate(record);
    if (prediction.isPresent()) {
      log.debug("Prediction of {}", prediction.get().getTrackId());
      summary.add(prediction.get());
      output.writeLine(format.row(prediction.get(), ids));
    }
    if (outcomes.pending() < pending) {
      progress.step();
    }
  }

  private Optional<Prediction> correlate(ConsumerRecord<byte[], byte[]> record) {
    try {
      return outcomes.accept(record);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A prediction that this build wrote cannot be read.", e);
    }
  }

  private void requireAlive() throws ConfigurationException {
    Health liveness = pipeline.liveness();
    if (!liveness.isUp()) {
      throw new ConfigurationException(liveness.reason());
    }
  }
}

package dev.reprise.cli.run;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.reprise.cli.files.Track;
import dev.reprise.cli.kafka.EventSender;
import dev.reprise.cli.print.Output;
import dev.reprise.cli.print.PredictionFormat;
import dev.reprise.cli.print.Progress;
import dev.reprise.contract.Topics;
import dev.reprise.contract.v1.Prediction;
import dev.reprise.runtime.ConfigurationException;
import dev.reprise.runtime.TopicReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Submits tracks and writes down what comes of them, until each has come to something. */
public final class Listening {
  private static final Logger log = LoggerFactory.getLogger(Listening.class);
  private static final Duration POLL = Duration.ofMillis(250);

  private final Pipeline pipeline;
  private final PredictionFormat format;
  private final Output output;
  private final Progress progress;
  private final Outcomes outcomes;
  private final Summary summary = new Summary();

  public Listening(Pipeline pipeline, PredictionFormat format, Output output, Progress progress) {
    this.pipeline = pipeline;
    this.format = format;
    this.output = output;
    this.progress = progress;
    this.outcomes = new Outcomes(pipeline.kafka().topics());
  }

  /**
   * @throws ConfigurationException if a service stops, or a topic is missing
   */
  public Summary to(List<Track> tracks)
      throws ConfigurationException, IOException, ExecutionException, InterruptedException {
    Topics topics = pipeline.kafka().topics();
    int longestId = tracks.stream().mapToInt(track -> track.id().length()).max().orElse(0);
    try (TopicReader reader =
        TopicReader.fromEnd(
            pipeline.kafka(), List.of(topics.predictions(), topics.deadLetters()))) {
      submit(tracks);
      Optional<String> header = format.header(longestId);
      if (header.isPresent()) {
        output.line(header.get());
      }
      while (!outcomes.allIn()) {
        requireAlive();
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          accept(record, longestId);
        }
      }
    }
    summary.finish(outcomes.failures());
    return summary;
  }

  private void submit(List<Track> tracks) throws ExecutionException, InterruptedException {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    try (EventSender sender = new EventSender(pipeline.kafka())) {
      tracks.forEach(track -> sent.add(sender.sendUri(track)));
    }
    for (int i = 0; i < sent.size(); i++) {
      outcomes.submitted(tracks.get(i), sent.get(i).get());
    }
  }

  private void accept(ConsumerRecord<byte[], byte[]> record, int longestId) throws IOException {
    int pending = outcomes.pending();
    Optional<Prediction> prediction = read(record);
    if (prediction.isPresent()) {
      log.debug("Prediction of {}", prediction.get().getTrackId());
      summary.add(prediction.get());
      output.line(format.row(prediction.get(), longestId));
    }
    if (outcomes.pending() < pending) {
      progress.step();
    }
  }

  private Optional<Prediction> read(ConsumerRecord<byte[], byte[]> record) {
    try {
      return outcomes.accept(record);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("A prediction that this build wrote cannot be read.", e);
    }
  }

  private void requireAlive() throws ConfigurationException {
    if (!pipeline.deadBecause().isEmpty()) {
      throw new ConfigurationException(pipeline.deadBecause());
    }
  }
}

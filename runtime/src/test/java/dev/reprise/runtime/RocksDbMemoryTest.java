package dev.reprise.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.contract.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class RocksDbMemoryTest {
  static {
    RocksDB.loadLibrary();
  }

  @Test
  void allStoresShareOneLimit() {
    try (Options one = new Options();
        Options other = new Options()) {
      for (Options options : new Options[] {one, other}) {
        options.setTableFormatConfig(new BlockBasedTableConfig());
        new RocksDbMemory().setConfig("store", options, Map.of());
      }
      assertThat(one.writeBufferManager()).isNotNull().isSameAs(other.writeBufferManager());
      assertThat(one.writeBufferSize()).isEqualTo(2 << 20);
    }
  }

  @Test
  void servicesAreConfiguredWithIt() {
    Properties properties =
        StreamsProperties.exactlyOnce(
            new KafkaSettings(Map.of("bootstrap.servers", "127.0.0.1:9"), Topics.defaults()),
            "id",
            1,
            Path.of("state"),
            Duration.ofSeconds(1),
            1);
    assertThat(properties)
        .containsEntry(
            StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, RocksDbMemory.class.getName());
  }
}

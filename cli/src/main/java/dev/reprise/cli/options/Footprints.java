package dev.reprise.cli.options;

import dev.reprise.runtime.Footprint;

/**
 * Peak resource needs of each command, with a margin; measured with the largest events ({@code
 * acceptance/faults/big_events.py}). A command does not start with less. The heap that the launcher
 * sets is larger, where memory allows.
 */
public final class Footprints {
  private static final long MIB = 1 << 20;

  /** A file's clips and, for the largest event, its audio: received, queued and as a record. */
  private static final long EXTRACTION = 64 * MIB;

  /** A decoder on ordinary files. */
  private static final long DECODER = 128 * MIB;

  /** A thread's buffer for reading sockets, which stays as large as the largest event. */
  private static final long SOCKETS = 24 * MIB;

  public static final Footprint EXTRACTOR =
      new Footprint(128 * MIB, EXTRACTION, 256 * MIB, DECODER + SOCKETS, 192, 32);

  public static final Footprint INFERENCE =
      new Footprint(192 * MIB, 16 * MIB, 384 * MIB, 16 * MIB, 256, 32);

  public static final Footprint API = new Footprint(384 * MIB, 0, 256 * MIB, 0, 512, 0);

  public static final Footprint BROKER = new Footprint(256 * MIB, 0, 256 * MIB, 0, 1024, 0);

  /** All of the above in one process, with as many partitions as threads. */
  public static final Footprint SERVE =
      new Footprint(512 * MIB, EXTRACTION, 512 * MIB, DECODER + SOCKETS, 512, 128);

  /** Without the API; its events are small, but its topics accept large ones. */
  public static final Footprint RUN =
      new Footprint(256 * MIB, EXTRACTION, 384 * MIB, DECODER, 512, 128);

  /** Without Kafka. */
  public static final Footprint EXTRACT =
      new Footprint(128 * MIB, 16 * MIB, 128 * MIB, DECODER, 128, 8);

  private Footprints() {}
}

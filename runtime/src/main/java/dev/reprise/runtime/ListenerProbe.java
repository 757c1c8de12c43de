package dev.reprise.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.clients.ClientDnsLookup;
import org.apache.kafka.clients.ClientUtils;
import org.apache.kafka.common.KafkaException;

/**
 * Finds out whether a listener expects TLS, to compare with the clients' settings. Kafka's clients
 * cannot tell: without TLS, they take the alert of a TLS listener for the size of a response, 336
 * MiB, and run out of memory; with TLS, they reconnect until they time out.
 */
final class ListenerProbe {
  private static final int TIMEOUT_MS = 2_000;
  private static final short API_VERSIONS = 18;
  private static final int CORRELATION_ID = 0x5250;

  /** A record of TLS that is an alert, up to the major version. */
  private static final int TLS_ALERT = 0x1503;

  private enum Listener {
    TLS,
    NO_TLS,
    UNKNOWN
  }

  private final KafkaSettings settings;

  private ListenerProbe(KafkaSettings settings) {
    this.settings = settings;
  }

  static ListenerProbe of(KafkaSettings settings) {
    return new ListenerProbe(settings);
  }

  /**
   * Requires that the listener does not expect TLS, if the clients have none.
   *
   * @throws ConfigurationException that says which setting to change
   */
  void requireNoTls() throws ConfigurationException {
    if (!settings.isEncrypted() && listener() == Listener.TLS) {
      throw new ConfigurationException(
          ("The Kafka broker at %s expects TLS: set kafka.security.protocol to SASL_SSL, or to SSL"
                  + " if it does not use SASL.")
              .formatted(settings.bootstrapServers()));
    }
  }

  /**
   * Requires that the listener expects TLS, if the clients use it. Only called after a failure,
   * since brokers log the probe as a failed handshake.
   *
   * @throws ConfigurationException that says which setting to change
   */
  void requireTls() throws ConfigurationException {
    if (settings.isEncrypted() && listener() == Listener.NO_TLS) {
      throw new ConfigurationException(
          ("The Kafka broker at %s does not use TLS: set kafka.security.protocol to SASL_PLAINTEXT,"
                  + " or to PLAINTEXT if it does not use SASL; or use the port of its TLS listener.")
              .formatted(settings.bootstrapServers()));
    }
  }

  /** Returns the kind of the first bootstrap server that accepts a connection. */
  private Listener listener() {
    try {
      for (InetSocketAddress address :
          ClientUtils.parseAndValidateAddresses(
              List.of(settings.bootstrapServers().split("\\s*,\\s*")),
              ClientDnsLookup.USE_ALL_DNS_IPS)) {
        try (Socket socket = new Socket()) {
          socket.connect(address, TIMEOUT_MS);
          return listener(socket);
        } catch (IOException e) {
          // The next one may accept; if none does, the client reports it.
          continue;
        }
      }
    } catch (KafkaException e) {
      // The client reports an invalid address.
      return Listener.UNKNOWN;
    }
    return Listener.UNKNOWN;
  }

  /**
   * Sends the request that brokers answer before anything else, and looks at the first bytes of the
   * answer.
   */
  private static Listener listener(Socket socket) throws IOException {
    socket.setSoTimeout(TIMEOUT_MS);
    byte[] request =
        ByteBuffer.allocate(14)
            .putInt(10)
            .putShort(API_VERSIONS)
            .putShort((short) 0)
            .putInt(CORRELATION_ID)
            .putShort((short) -1) // No client id.
            .array();
    socket.getOutputStream().write(request);
    ByteBuffer answer = ByteBuffer.wrap(socket.getInputStream().readNBytes(8));
    if (answer.remaining() >= 2 && answer.getShort(0) == TLS_ALERT) {
      return Listener.TLS;
    }
    return answer.remaining() == 8 && answer.getInt(4) == CORRELATION_ID
        ? Listener.NO_TLS
        : Listener.UNKNOWN;
  }
}

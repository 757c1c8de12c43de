package dev.reprise.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.server.ServerSocketFactory;

/**
 * The broker's two sockets, bound before Kafka is configured.
 *
 * <p>Kafka's configuration must contain the controller's port before Kafka binds it. A port that is
 * only probed may be taken before Kafka binds it, which fails occasionally when builds run in
 * parallel; a socket that is already bound avoids this race. Thread-safe.
 */
final class ListeningSockets implements ServerSocketFactory, AutoCloseable {
  private static final int BACKLOG = 128;

  private final Map<String, ServerSocketChannel> channels = new ConcurrentHashMap<>();

  /**
   * Binds a listener's socket.
   *
   * @param port 0 for any free port
   * @return the bound port
   * @throws IOException if the address is in use or not an address of this machine
   */
  int bind(String listener, String host, int port) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    channels.put(listener, channel);
    channel.configureBlocking(false);
    channel.bind(new InetSocketAddress(host, port), BACKLOG);
    return channel.socket().getLocalPort();
  }

  @Override
  public ServerSocketChannel openServerSocket(
      String listener, InetSocketAddress address, int backlog, int receiveBufferBytes)
      throws IOException {
    ServerSocketChannel channel = channels.remove(listener);
    if (channel == null) {
      throw new IOException("Listener " + listener + " has no bound socket left.");
    }
    return channel;
  }

  /** Closes the sockets that Kafka has not opened. */
  @Override
  public void close() throws IOException {
    for (ServerSocketChannel channel : channels.values()) {
      channel.close();
    }
  }
}

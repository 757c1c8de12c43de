package dev.reprise.cli.options;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether an address is reachable from other machines. */
public final class Exposure {
  private Exposure() {}

  /** Returns whether a server on this host name or address accepts local connections only. */
  public static boolean isLocal(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      // The server will not start.
      return true;
    }
  }
}

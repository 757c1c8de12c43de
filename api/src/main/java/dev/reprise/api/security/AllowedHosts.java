package dev.reprise.api.security;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The host names that requests may be for, against DNS rebinding: a foreign page whose own name
 * resolves to this machine has the same origin to the visitor's browser, but the browser sends that
 * name as {@code Host}. IP addresses are always allowed; they cannot be rebound.
 */
public final class AllowedHosts {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** Without brackets, which {@link #normalise} removes; no host name has a colon. */
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");

  private final Set<String> names;

  /**
   * @param hosts allowed in addition to localhost and IP addresses, each with or without a port
   */
  public AllowedHosts(Collection<String> hosts) {
    this.names =
        hosts.stream().map(AllowedHosts::normalise).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns whether a request is for an allowed host.
   *
   * @param host value of its {@code Host} header
   */
  boolean include(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = normalise(host);
    return name.equals("localhost") || isAddress(name) || names.contains(name);
  }

  private static boolean isAddress(String name) {
    return IPV4.matcher(name).matches() || IPV6.matcher(name).matches();
  }

  /** Removes port, brackets and a trailing dot, and converts to lower case. */
  private static String normalise(String host) {
    return host.toLowerCase(Locale.ROOT)
        .replaceFirst("^\\[(.*)](?::\\d*)?$|^([^:]*):\\d*$", "$1$2")
        .replaceFirst("\\.$", "");
  }
}

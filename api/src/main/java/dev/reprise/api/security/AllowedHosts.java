package dev.reprise.api.security;

import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names that the server goes by. A page elsewhere may have its own name lead to this machine
 * (DNS rebinding), and is then its own origin to the visitor's browser; but the browser says by
 * which name it asks. Addresses are nobody's to rebind.
 */
public final class AllowedHosts {
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** No name has brackets or colons in it. */
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*");

  private final Set<String> names;

  /**
   * @param hosts names beside localhost and addresses, each with or without a port
   */
  public AllowedHosts(Collection<String> hosts) {
    this.names = hosts.stream().map(AllowedHosts::name).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Whether a request is for this server.
   *
   * @param host its header of that name
   */
  boolean include(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = name(host);
    return name.equals("localhost") || isAddress(name) || names.contains(name);
  }

  private static boolean isAddress(String name) {
    return IPV4.matcher(name).matches() || IPV6.matcher(name).matches();
  }

  /** Without port, brackets, capitals and the dot that a full name may end with. */
  private static String name(String host) {
    return host.toLowerCase(Locale.ROOT)
        .replaceFirst("^\\[(.*)](?::\\d*)?$|^([^:]*):\\d*$", "$1$2")
        .replaceFirst("\\.$", "");
  }
}

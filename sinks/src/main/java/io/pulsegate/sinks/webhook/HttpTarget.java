package io.pulsegate.sinks.webhook;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/// Where a webhook is sent: a checked `http` or `https` address.
///
/// @param host for the name's lookup and the certificate, without brackets
/// @param authority for the Host header
/// @param path with its query
/// @param literal the address, where the host is one
record HttpTarget(
    boolean secure,
    String host,
    int port,
    String authority,
    String path,
    Optional<InetAddress> literal) {

  /// Reads an address.
  ///
  /// @throws IllegalArgumentException saying what is wrong with it, without its query, which may
  ///   hold a secret
  static HttpTarget of(URI url) {
    String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      throw new IllegalArgumentException("is an http or https address, was of \"" + scheme + "\"");
    }
    String host = Optional.ofNullable(url.getHost()).orElse("");
    if (host.isEmpty() || host.length() > 253) {
      throw new IllegalArgumentException("names a host by letters, digits, '-' and '.'");
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "has neither user nor fragment; a credential goes into authorization");
    }
    boolean secure = scheme.equals("https");
    int standard = secure ? 443 : 80;
    int port = url.getPort() < 0 ? standard : url.getPort();
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("has a port from 1 to 65535, was " + port);
    }
    String path = Optional.ofNullable(url.getRawPath()).filter(it -> !it.isEmpty()).orElse("/");
    String query = Optional.ofNullable(url.getRawQuery()).map(it -> "?" + it).orElse("");
    if (!(path + query).chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new IllegalArgumentException("has a path of ASCII characters; percent-encode others");
    }
    return new HttpTarget(
        secure,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        port == standard ? host : host + ":" + port,
        path + query,
        AddressGuard.literal(host));
  }
}

package io.pulsegate.bench.load;

import java.net.URI;
import java.util.Optional;

/// Where a run sends to.
///
/// @param path path of the endpoint that takes events
/// @param key sent as `X-API-Key`
/// @param tenants how many tenants send in turn, request by request, each with a key of its own;
///   then `key` ends in [#DIGITS] zeros, where the number of the tenant stands
public record Target(String host, int port, String path, String key, int tenants) {
  /// Digits of a tenant's number in its key.
  public static final int DIGITS = 5;

  private static final String ZEROS = "0".repeat(DIGITS);

  public Target {
    if (tenants < 1 || tenants > 100_000 || (tenants > 1 && !key.endsWith(ZEROS))) {
      throw new IllegalArgumentException(
          "tenants must be 1 to 100,000 and their key end in " + ZEROS + ", was " + tenants);
    }
    if (key.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException("the key may hold printable ASCII characters only");
    }
  }

  /// Reads an address such as `http://127.0.0.1:8080`; without a path it is the native endpoint.
  ///
  /// @throws IllegalArgumentException if it is not a plain http address
  public static Target of(String url, String key) {
    return of(url, key, WireFormat.NATIVE);
  }

  /// The same; without a path it is the endpoint of that wire format.
  public static Target of(String url, String key, WireFormat wire) {
    var uri = URI.create(url);
    if (!"http".equals(uri.getScheme())) {
      throw new IllegalArgumentException(
          "the address must begin with http:// (TLS would measure the client's own encryption),"
              + " was "
              + url);
    }
    var host =
        Optional.ofNullable(uri.getHost())
            .orElseThrow(() -> new IllegalArgumentException("no host in the address " + url));
    var path = Optional.ofNullable(uri.getRawPath()).orElse("");
    return new Target(
        host,
        uri.getPort() < 0 ? 80 : uri.getPort(),
        path.isEmpty() || path.equals("/") ? wire.path() : path,
        key,
        1);
  }

  /// The same for so many tenants in turn.
  public Target ofTenants(int count) {
    return new Target(host, port, path, key, count);
  }

  /// As a person would write it.
  @Override
  public String toString() {
    return "http://" + host + ":" + port + path;
  }
}

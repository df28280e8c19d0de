package io.pulsegate.bench.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.Optional;
import java.util.Properties;

/// A PostgreSQL address as people write it, and as the JDBC driver wants it.
///
/// @param jdbcUrl without user and password
/// @param properties user and password, where the address names them
public record PostgresUrl(String jdbcUrl, Properties properties) {
  /// Reads `postgres://`, `postgresql://` or `jdbc:postgresql://`.
  ///
  /// @throws IllegalArgumentException if it is none of them
  public static PostgresUrl parse(String url) {
    if (url.startsWith("jdbc:postgresql:")) {
      return new PostgresUrl(url, new Properties());
    }
    if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
      // Not shown: it may hold a password.
      throw new IllegalArgumentException("the database address must begin with postgres://");
    }
    var uri = URI.create(url);
    var properties = new Properties();
    Optional.ofNullable(uri.getRawUserInfo())
        .ifPresent(info -> {
          int colon = info.indexOf(':');
          properties.setProperty("user", decoded(colon < 0 ? info : info.substring(0, colon)));
          if (colon >= 0) {
            properties.setProperty("password", decoded(info.substring(colon + 1)));
          }
        });
    var query = Optional.ofNullable(uri.getRawQuery()).map(text -> "?" + text).orElse("");
    return new PostgresUrl(
        "jdbc:postgresql://"
            + Optional.ofNullable(uri.getHost()).orElse("localhost")
            + (uri.getPort() < 0 ? "" : ":" + uri.getPort())
            + uri.getRawPath()
            + query,
        properties);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }
}

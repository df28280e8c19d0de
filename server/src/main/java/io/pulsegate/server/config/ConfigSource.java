package io.pulsegate.server.config;

import java.util.Map;
import java.util.Optional;

/// Where configuration comes from. A flag goes before a variable, a variable before the file, the
/// file before the default.
///
/// @param document text of the file, where there is one
/// @param flags by their name, such as `--port`
public record ConfigSource(
    Optional<String> document, Map<String, String> flags, Map<String, String> environment) {
  public ConfigSource {
    flags = Map.copyOf(flags);
    environment = Map.copyOf(environment);
  }
}

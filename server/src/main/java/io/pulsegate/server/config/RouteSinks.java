package io.pulsegate.server.config;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The sinks that routes may end in.
interface RouteSinks {
  /// One of them.
  ///
  /// @param settings what its kind may be told
  /// @param texts what it was told
  record Named(String name, String kind, List<Setting<?>> settings, Map<String, String> texts) {
    static Named of(ServerConfig.SinkEntry<?> sink) {
      ComponentSpec<?> spec = sink.factory().spec();
      return new Named(sink.name(), spec.name(), spec.settings(), sink.texts());
    }
  }

  /// All there are now.
  Collection<Named> all();

  /// Whether there would be a sink of this name, or of this kind, if it had no mistakes of its own.
  /// They have been told; that routes end there is none.
  default boolean isBroken(String name, String kind) {
    return false;
  }

  /// Makes a sink of a kind that a route names and that there is none of.
  ///
  /// @param texts what the route says of it
  /// @return empty where it cannot be made; the problem has been told
  Optional<Named> imply(String kind, Map<String, Text> texts, String place);
}

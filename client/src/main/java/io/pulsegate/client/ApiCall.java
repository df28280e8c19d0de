package io.pulsegate.client;

import java.util.Optional;

/// A call of an API, with the fields that the Kaasino client has for it.
///
/// @param endpoint the route's pattern rather than the path, so that ids and secrets stay out
/// @param durationMs milliseconds
public record ApiCall(
    String serviceName,
    String endpoint,
    String method,
    double durationMs,
    int statusCode,
    Optional<String> playerId) {
  /// Event type on the wire.
  public static final String TYPE = "api_metric";

  /// A call of nobody in particular.
  public ApiCall(
      String serviceName, String endpoint, String method, double durationMs, int statusCode) {
    this(serviceName, endpoint, method, durationMs, statusCode, Optional.empty());
  }

  PulseEvent event() {
    PulseEvent event =
        PulseEvent.of(TYPE)
            .with("service_name", serviceName)
            .with("endpoint", endpoint)
            .with("method", method)
            .with("duration_ms", durationMs)
            .with("status_code", statusCode);
    playerId.ifPresent(id -> event.with("player_id", id));
    return event;
  }
}

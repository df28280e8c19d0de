package io.pulsegate.bench.load;

import java.util.Locale;
import java.util.Optional;

/// In which words events are sent and replies are read: those of the native API, or of a system
/// that PulseGate replaces. A request in any but the native one brings no key, as its clients do.
public enum WireFormat {
  NATIVE("/v1/events", ""),
  KAASINO("/collect", "X-Site-Id: bench\r\n"),
  EVENT_COLLECTOR("/api/v1/collect", ""),
  /// One event a request.
  PULSEMETRICS("/ingest", ""),
  /// Of a batch the wrapper is the first event.
  COLLECTION("/collect", "");

  private final String path;
  private final String headers;

  WireFormat(String path, String headers) {
    this.path = path;
    this.headers = headers;
  }

  /// What an event calls what is patched in it.
  record Names(String id, String type, String time) {}

  /// The endpoint that takes it.
  public String path() {
    return path;
  }

  /// The name of the dialect.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Header lines of every request.
  String headers(Target target) {
    return this == NATIVE ? "X-API-Key: " + target.key() + "\r\n" : headers;
  }

  Names names() {
    return switch (this) {
      case NATIVE -> new Names("event_id", "event_type", "occurred_at");
      case KAASINO -> new Names("event_id", "event_type", "time");
      case EVENT_COLLECTOR -> new Names("event_id", "event_type", "timestamp");
      case PULSEMETRICS -> new Names("id", "type", "timestamp");
      case COLLECTION -> new Names("eventId", "eventType", "timestamp");
    };
  }

  /// What stands before the first event of a body.
  String opening(int batch) {
    return switch (this) {
      case NATIVE -> batch == 1 ? "" : "[";
      case KAASINO -> "{\"events\":[";
      case EVENT_COLLECTOR -> "[";
      case PULSEMETRICS, COLLECTION -> "";
    };
  }

  /// What stands before event `index`, counted from zero, but for the first.
  String separator(int index) {
    return this == COLLECTION && index == 1 ? "" : ",";
  }

  /// What stands behind the last event.
  String closing(int batch) {
    return switch (this) {
      case NATIVE -> batch == 1 ? "" : "]";
      case KAASINO -> "]}";
      case EVENT_COLLECTOR -> "]";
      case PULSEMETRICS -> "";
      case COLLECTION -> batch == 1 ? "" : "]}";
    };
  }

  /// The field of a reply that counts the events it acknowledges; empty where its status says it.
  Optional<String> acceptedField() {
    return switch (this) {
      case NATIVE, KAASINO -> Optional.of("accepted");
      case EVENT_COLLECTOR -> Optional.of("accepted_count");
      case PULSEMETRICS -> Optional.empty();
      case COLLECTION -> Optional.of("events_processed");
    };
  }

  /// The field that counts those of them that are not counted there.
  Optional<String> duplicatesField() {
    return switch (this) {
      case NATIVE, KAASINO -> Optional.of("duplicates");
      case EVENT_COLLECTOR, PULSEMETRICS, COLLECTION -> Optional.empty();
    };
  }
}

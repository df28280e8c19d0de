package io.pulsegate.api;

import java.util.Optional;

/// Where the events of one request go: nearly always to one writer.
///
/// One thread at a time; used for one request.
public interface Writers {
  /// The writer of the tenant that sent the request.
  EventWriter own();

  /// The writer of the tenant that an event names: [#own] for its id and its aliases, another's
  /// where senders of this dialect are trusted. Empty where the event may not name it.
  Optional<EventWriter> named(String tenant);

  /// A new id (UUIDv7), for what a request left out.
  String newId();

  /// One writer, for its own tenant alone.
  static Writers of(EventWriter writer) {
    return new Writers() {
      @Override
      public EventWriter own() {
        return writer;
      }

      @Override
      public Optional<EventWriter> named(String tenant) {
        return tenant.equals(writer.tenant().value()) ? Optional.of(writer) : Optional.empty();
      }

      @Override
      public String newId() {
        return writer.newId();
      }
    };
  }
}

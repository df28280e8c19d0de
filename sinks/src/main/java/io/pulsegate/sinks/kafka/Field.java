package io.pulsegate.sinks.kafka;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/// What of an event a [Template] may name.
enum Field {
  TENANT,
  EVENT_TYPE,
  EVENT_ID,
  PARTITION_KEY,
  DIALECT,
  SOURCE,
  /// A field of the payload, by its path.
  PAYLOAD;

  static final Set<Field> ANYWHERE = Set.copyOf(EnumSet.allOf(Field.class));

  /// A topic is made for a tenant or a kind of event by somebody; what senders put into each event
  /// must not choose one.
  static final Set<Field> IN_TOPIC = Set.copyOf(EnumSet.of(TENANT, EVENT_TYPE, DIALECT, SOURCE));

  /// As it stands between the braces.
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

package io.pulsegate.sinks.sql;

import java.util.List;
import java.util.stream.Collectors;

/// The columns of the events table, in their order.
public enum EventColumn {
  EVENT_ID(Kind.TEXT, true),
  TENANT_ID(Kind.TEXT, true),
  EVENT_TYPE(Kind.TEXT, true),
  OCCURRED_AT(Kind.TIME, true),
  RECEIVED_AT(Kind.TIME, true),
  /// Valid JSON: as it was sent, or repaired where the database could not query that.
  PAYLOAD(Kind.JSON, true),
  /// The payload's bytes as they were sent, where [#PAYLOAD] is repaired; else NULL.
  PAYLOAD_RAW(Kind.BYTES, false),
  SOURCE(Kind.TEXT, true),
  DIALECT(Kind.TEXT, true),
  TRACE_ID(Kind.TEXT, false),
  IDEMPOTENCY_KEY(Kind.TEXT, false),
  PARTITION_KEY(Kind.TEXT, false),
  /// The event's time as it was sent, where it could not be taken.
  ORIGINAL_TIME(Kind.TEXT, false),
  LOG_OFFSET(Kind.LONG, true);

  /// What a column holds.
  public enum Kind {
    TEXT,
    TIME,
    JSON,
    BYTES,
    LONG,
    INTEGER,
    DOUBLE,
    NUMERIC,
    BOOLEAN,
    UUID
  }

  private final Kind kind;
  private final boolean required;

  EventColumn(Kind kind, boolean required) {
    this.kind = kind;
    this.required = required;
  }

  /// What it holds.
  public Kind kind() {
    return kind;
  }

  /// Whether it is never NULL.
  public boolean isRequired() {
    return required;
  }

  /// Its name in the database.
  public String columnName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /// All names, with commas between.
  public static String allNames() {
    return List.of(values()).stream()
        .map(EventColumn::columnName)
        .collect(Collectors.joining(", "));
  }
}

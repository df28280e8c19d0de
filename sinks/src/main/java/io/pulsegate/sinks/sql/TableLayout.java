package io.pulsegate.sinks.sql;

import io.pulsegate.sinks.sql.Column.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The columns that a sink writes, in their order.
///
/// @param timeColumn the one that the table is cut into pieces by; taken from `received_at` or
///   `occurred_at`
public record TableLayout(List<Column> columns, String timeColumn) {
  private static final Set<EventColumn> TIMES =
      Set.of(EventColumn.RECEIVED_AT, EventColumn.OCCURRED_AT);

  /// The events table and nothing more.
  public static final TableLayout EVENTS =
      new TableLayout(events(), EventColumn.RECEIVED_AT.columnName());

  public TableLayout {
    columns = List.copyOf(columns);
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      if (!names.add(column.name())) {
        throw new IllegalArgumentException(
            "column " + column.name() + " is there already: it is one of the event's own columns");
      }
    }
    timeSource(columns, timeColumn);
  }

  /// What is declared, behind the columns of the events table or without them.
  ///
  /// @param timeColumn empty for the first that is taken from `received_at`, else from
  ///   `occurred_at`
  static TableLayout of(List<Column> declared, boolean envelope, Optional<String> timeColumn) {
    List<Column> columns = new ArrayList<>(envelope ? events() : List.of());
    columns.addAll(declared);
    String time =
        timeColumn
            .or(() -> nameOf(columns, EventColumn.RECEIVED_AT))
            .or(() -> nameOf(columns, EventColumn.OCCURRED_AT))
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "without the event's own columns one must be taken from received_at or"
                        + " occurred_at, such as created_at: {from: received_at}"));
    return new TableLayout(columns, time);
  }

  private static List<Column> events() {
    return Stream.of(EventColumn.values()).map(Column::of).toList();
  }

  /// Whether the event's own columns are among them.
  public boolean hasEnvelope() {
    return columns.containsAll(events());
  }

  private static Optional<String> nameOf(List<Column> columns, EventColumn source) {
    return columns.stream()
        .filter(column -> column.origin().equals(new Origin.Envelope(source)))
        .map(Column::name)
        .findFirst();
  }

  /// The time of an event that its place in the table follows from.
  public EventColumn timeSource() {
    return timeSource(columns, timeColumn);
  }

  private static EventColumn timeSource(List<Column> columns, String timeColumn) {
    for (Column column : columns) {
      if (column.name().equals(timeColumn)
          && column.origin() instanceof Origin.Envelope(EventColumn source)
          && TIMES.contains(source)) {
        return source;
      }
    }
    throw new IllegalArgumentException(
        "time_column must name a column that is taken from received_at or occurred_at; was \""
            + timeColumn
            + "\"");
  }

  /// All names as SQL takes them, with commas between.
  public String quotedNames() {
    return columns.stream().map(Column::quoted).collect(Collectors.joining(", "));
  }
}

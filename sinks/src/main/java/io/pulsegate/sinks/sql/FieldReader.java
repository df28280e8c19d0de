package io.pulsegate.sinks.sql;

import io.pulsegate.api.Batch;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Rejection;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.sinks.sql.Column.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds in one payload after another the fields that a table has columns for. Of names that occur
/// twice in an object the last one counts. One thread at a time.
public final class FieldReader {
  /// Of a [Rejection]: a value does not fit the column it is declared for.
  public static final String CODE = "value_does_not_fit";

  /// The door has checked the payload with limits of its own, which are narrower.
  private static final JsonLimits LIMITS = new JsonLimits(1_024, 1 << 20, 1 << 20);

  private final List<Cell> cells = new ArrayList<>();
  private final Map<Column, Cell> byColumn = new LinkedHashMap<>();
  private final Node root;

  /// @param decimals what the database keeps of numbers
  public FieldReader(TableLayout layout, Decimals decimals) {
    var tree = new Tree();
    for (Column column : layout.columns()) {
      if (column.origin() instanceof Origin.Field field) {
        var cell = new Cell(column, field, decimals);
        cells.add(cell);
        byColumn.put(column, cell);
        tree.add(field.path(), cell);
      }
    }
    this.root = tree.node();
  }

  /// The cell of a column that is taken from a field; holds what the event read last has.
  public Cell cell(Column column) {
    return Optional.ofNullable(byColumn.get(column))
        .orElseThrow(() -> new IllegalArgumentException("no field column: " + column));
  }

  /// Reads the event that the cursor stands on.
  ///
  /// @param misfits gets the event, with the reason, where it has a value that does not fit
  /// @return whether all of its values fit
  public boolean read(EventCursor event, Rejections misfits) {
    if (cells.isEmpty()) {
      return true;
    }
    Optional<Rejection> misfit = read(event);
    misfit.ifPresent(rejection -> misfits.add(event, rejection));
    return misfit.isEmpty();
  }

  /// The events of a batch that have a value which does not fit.
  public Rejections check(Batch batch) {
    var misfits = new Rejections();
    EventCursor event = batch.cursorOverEvents();
    while (!cells.isEmpty() && event.next()) {
      boolean _ = read(event, misfits);
    }
    return misfits;
  }

  private Optional<Rejection> read(EventCursor event) {
    cells.forEach(Cell::clear);
    int from = event.payloadFrom();
    root.read(event.block().bytes(), from, from + event.payloadLength());
    for (Cell cell : cells) {
      Optional<String> misfit = cell.misfit();
      if (misfit.isPresent()) {
        return Optional.of(new Rejection(event.offset(), CODE, misfit.get()));
      }
    }
    return Optional.empty();
  }

  /// The paths as they are declared, by their first names.
  private static final class Tree {
    private final Map<String, Tree> children = new LinkedHashMap<>();
    private final List<Cell> cells = new ArrayList<>();

    void add(String path, Cell cell) {
      int dot = path.indexOf('.');
      String name = dot < 0 ? path : path.substring(0, dot);
      Tree child = children.computeIfAbsent(name, _ -> new Tree());
      if (dot < 0) {
        child.cells.add(cell);
      } else {
        child.add(path.substring(dot + 1), cell);
      }
    }

    Node node() {
      return new Node(
          JsonNames.of(children.keySet().toArray(String[]::new)),
          children.values().stream().map(Tree::node).toList(),
          List.copyOf(cells));
    }
  }

  /// The fields of one object that are asked for.
  private static final class Node {
    private final JsonNames names;
    private final List<Node> children;
    private final List<Cell> cells;
    private final JsonScanner scanner = new JsonScanner(LIMITS);

    Node(JsonNames names, List<Node> children, List<Cell> cells) {
      this.names = names;
      this.children = children;
      this.cells = cells;
    }

    void read(byte[] bytes, int from, int to) {
      scanner.reset(bytes, from, to);
      if (scanner.peek() != JsonKind.OBJECT) {
        return;
      }
      scanner.enterObject();
      while (scanner.nextField()) {
        int i = scanner.fieldIn(names);
        if (i >= 0) {
          children.get(i).take(scanner, bytes);
        }
      }
    }

    private void take(JsonScanner outer, byte[] bytes) {
      forget();
      outer.clearFlags();
      JsonKind kind = outer.skipValue();
      for (Cell cell : cells) {
        cell.take(outer, kind, outer.flags(), bytes);
      }
      if (kind == JsonKind.OBJECT && !children.isEmpty()) {
        read(bytes, outer.valueStart(), outer.valueEnd());
      }
    }

    /// An earlier field of the same name does not count.
    private void forget() {
      for (Node child : children) {
        child.cells.forEach(Cell::clear);
        child.forget();
      }
    }
  }
}

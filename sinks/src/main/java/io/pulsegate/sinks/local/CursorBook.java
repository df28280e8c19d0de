package io.pulsegate.sinks.local;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The cursors of a sink that keeps them in a file of its own, as lines of text. Immutable: whoever
/// holds a book changes to a new one once that is durable.
public final class CursorBook {
  /// A book without any cursor.
  public static final CursorBook EMPTY = new CursorBook(Map.of());

  private static final int FIELDS = 9;

  private final Map<CursorKey, CursorRecord> records;

  private CursorBook(Map<CursorKey, CursorRecord> records) {
    this.records = records;
  }

  /// Reads what [#lines] wrote.
  ///
  /// @throws IllegalArgumentException where a line is of another form
  public static CursorBook of(List<String> lines) {
    var records = new LinkedHashMap<CursorKey, CursorRecord>();
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      if (fields.length != FIELDS) {
        throw new IllegalArgumentException("a cursor has 9 fields, was \"" + line + "\"");
      }
      records.put(
          new CursorKey(fields[0], fields[1], Integer.parseInt(fields[2])),
          new CursorRecord(
              Long.parseLong(fields[3]),
              Long.parseLong(fields[4]),
              Long.parseLong(fields[5]),
              Long.parseLong(fields[6]),
              Long.parseLong(fields[7]),
              CursorRecord.parseStragglers(fields[8])));
    }
    return new CursorBook(records);
  }

  /// A line for each cursor.
  public List<String> lines() {
    return records.entrySet().stream().map(each -> line(each.getKey(), each.getValue())).toList();
  }

  private static String line(CursorKey key, CursorRecord record) {
    return String.join(
        "\t",
        key.logId(),
        key.sink(),
        Integer.toString(key.partition()),
        Long.toString(record.fence()),
        Long.toString(record.head()),
        Long.toString(record.delivered()),
        Long.toString(record.deadLettered()),
        Long.toString(record.dropped()),
        record.stragglersText());
  }

  /// What a claim finds, by the rule of [io.pulsegate.api.CursorKeepingSink#claim]; the book with
  /// the record it gives is still to be kept.
  public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) {
    Optional<CursorRecord> stored = find(key);
    if (stored.isEmpty()) {
      return new Claim.Owned(initial.withFence(1));
    }
    CursorRecord record = stored.get();
    if (mine.isPresent() && record.fence() > mine.getAsLong()) {
      return new Claim.Fenced(
          "the stored cursor has fence %d, this owner has fence %d"
              .formatted(record.fence(), mine.getAsLong()));
    }
    boolean isMine = mine.isPresent() && record.fence() == mine.getAsLong();
    return new Claim.Owned(isMine ? record : record.withFence(record.fence() + 1));
  }

  /// The book with this record for the key.
  public CursorBook with(CursorKey key, CursorRecord record) {
    var changed = new LinkedHashMap<>(records);
    changed.put(key, record);
    return new CursorBook(changed);
  }

  /// Why a move must not be made, for a person: another owner, or another place. Empty where it
  /// may.
  public Optional<String> refusal(CursorMove move) {
    CursorRecord from = move.from();
    String expected = "this owner has fence %d and head %d".formatted(from.fence(), from.head());
    Optional<CursorRecord> stored = find(move.key());
    if (stored.isEmpty()) {
      return Optional.of("there is no stored cursor, " + expected);
    }
    return stored
        .filter(record -> record.fence() != from.fence() || record.head() != from.head())
        .map(record ->
            "the stored cursor has fence %d and head %d, %s"
                .formatted(record.fence(), record.head(), expected));
  }

  private Optional<CursorRecord> find(CursorKey key) {
    return Optional.ofNullable(records.get(key));
  }
}

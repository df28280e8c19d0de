package io.pulsegate.core.delivery;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.log.CursorFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// What this machine keeps about a sink's place, synced, in one file per sink.
///
/// - For a sink that keeps no cursor itself: its record.
/// - For one that does: the record it begins with, should it not know the log yet; and while it has
///   not been asked in this process or one before, the highest head that can be an honest one.
///
/// Text, `name=value` in lines: `version`, `log`, `fence`, `head`, `delivered`, `deadLettered`,
/// `dropped`, `stragglers`, `bound` and `base` (absent for none).
final class LocalCursor implements AutoCloseable {
  private static final String VERSION = "1";

  private final CursorFile file;
  private final String logId;

  /// @param headMax where the sink's own cursor may be at most; empty where that is not in question
  /// @param base entries that the log had counted where the sink began; empty where that is not
  ///   known
  record State(CursorRecord record, OptionalLong headMax, OptionalLong base) {}

  LocalCursor(CursorFile file, String logId) {
    this.file = file;
    this.logId = logId;
  }

  /// What was saved last for this log; a record of another log counts as none.
  Optional<State> load() {
    return file.load()
        .map(LocalCursor::parse)
        .filter(map -> logId.equals(map.get("log")))
        .map(LocalCursor::state);
  }

  /// Durable when it returns.
  void save(State state) {
    CursorRecord record = state.record();
    var text = new StringBuilder();
    line(text, "version", VERSION);
    line(text, "log", logId);
    line(text, "fence", record.fence());
    line(text, "head", record.head());
    line(text, "delivered", record.delivered());
    line(text, "deadLettered", record.deadLettered());
    line(text, "dropped", record.dropped());
    line(text, "stragglers", record.stragglersText());
    state.headMax().ifPresent(max -> line(text, "bound", max));
    state.base().ifPresent(base -> line(text, "base", base));
    file.save(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void line(StringBuilder text, String name, Object value) {
    text.append(name).append('=').append(value).append('\n');
  }

  private static Map<String, String> parse(byte[] bytes) {
    var map = new HashMap<String, String>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).lines().toList()) {
      int equals = line.indexOf('=');
      map.put(line.substring(0, equals), line.substring(equals + 1));
    }
    if (!VERSION.equals(map.get("version"))) {
      throw new IllegalStateException(
          "The cursor has version %s, this program reads version %s. Nothing was changed. Use the release that wrote it."
              .formatted(map.get("version"), VERSION));
    }
    return map;
  }

  private static State state(Map<String, String> map) {
    return new State(
        new CursorRecord(
            number(map, "fence"),
            number(map, "head"),
            number(map, "delivered"),
            number(map, "deadLettered"),
            number(map, "dropped"),
            CursorRecord.parseStragglers(map.getOrDefault("stragglers", ""))),
        optional(map, "bound"),
        optional(map, "base"));
  }

  private static OptionalLong optional(Map<String, String> map, String name) {
    String text = map.get(name);
    return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }

  private static long number(Map<String, String> map, String name) {
    return Long.parseLong(map.getOrDefault(name, ""));
  }

  @Override
  public void close() {
    file.close();
  }
}

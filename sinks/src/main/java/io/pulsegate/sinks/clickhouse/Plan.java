package io.pulsegate.sinks.clickhouse;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.sinks.local.CursorBook;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What the sink keeps on this machine, synced: its cursors, and the insert it has under way.
///
/// ```
/// sinks/<name>/cursors   version=1, cursor=…; while an insert is under way also token=…, then=…
/// sinks/<name>/insert    its body
/// ```
///
/// **An insert is recorded, body and token, before its first try, and comes again as it was until
/// its outcome is known; only then does the cursor move.** After an [IOException] a new plan is
/// opened, and the files say how far it got. One thread at a time.
final class Plan {
  private static final String VERSION = "version=1";
  private static final String CURSOR = "cursor=";
  private static final String TOKEN = "token=";
  private static final String THEN = "then=";

  private final SyncedFile file;
  private final SyncedFile bodyFile;
  private CursorBook cursors;
  private Optional<Insert> underWay;

  private Plan(
      SyncedFile file, SyncedFile bodyFile, CursorBook cursors, Optional<Insert> underWay) {
    this.file = file;
    this.bodyFile = bodyFile;
    this.cursors = cursors;
    this.underWay = underWay;
  }

  /// Reads what is there.
  ///
  /// @throws IllegalStateException where a newer version wrote it
  static Plan open(Path folder) throws IOException {
    var file = new SyncedFile(folder, "cursors");
    var bodyFile = new SyncedFile(folder, "insert");
    List<String> lines =
        file.load()
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
            .orElse(List.of(VERSION));
    if (lines.isEmpty() || !lines.getFirst().equals(VERSION)) {
      throw new IllegalStateException(
          "%s is not of version 1. Nothing was changed. Use the release that wrote it"
              .formatted(folder.resolve("cursors")));
    }
    Optional<Insert> underWay = Optional.empty();
    Optional<String> token = valuesOf(lines, TOKEN).stream().findFirst();
    if (token.isPresent()) {
      byte[] body =
          bodyFile
              .load()
              .orElseThrow(() -> new IllegalStateException(folder + " has lost its insert"));
      underWay = Optional.of(new Insert(token.get(), body, CursorBook.of(valuesOf(lines, THEN))));
    }
    return new Plan(file, bodyFile, CursorBook.of(valuesOf(lines, CURSOR)), underWay);
  }

  private static List<String> valuesOf(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .toList();
  }

  /// The insert whose outcome is not known.
  Optional<Insert> underWay() {
    return underWay;
  }

  /// Why a move must not be made; empty where it may.
  Optional<String> refusal(CursorMove move) {
    return cursors.refusal(move);
  }

  /// Takes a cursor over, or reads it again. No insert may be under way.
  Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) throws IOException {
    Claim claim = cursors.claim(key, initial, mine);
    if (claim instanceof Claim.Owned(CursorRecord record)) {
      save(cursors.with(key, record), Optional.empty());
    }
    return claim;
  }

  /// Moves the cursor, with nothing to insert.
  void move(CursorMove move) throws IOException {
    save(cursors.with(move.key(), move.to()), Optional.empty());
  }

  /// Records an insert that is about to be tried.
  Insert begin(CursorMove move, String token, byte[] body) throws IOException {
    var insert = new Insert(token, body, cursors.with(move.key(), move.to()));
    bodyFile.save(body);
    save(cursors, Optional.of(insert));
    return insert;
  }

  /// The insert under way is stored.
  void stored() throws IOException {
    save(underWay.map(Insert::then).orElse(cursors), Optional.empty());
  }

  /// The insert under way was refused: it is as if it had not been.
  void refused() throws IOException {
    save(cursors, Optional.empty());
  }

  private void save(CursorBook changed, Optional<Insert> insert) throws IOException {
    var text = new StringBuilder(VERSION).append('\n');
    lines(text, CURSOR, changed.lines());
    insert.ifPresent(each -> {
      lines(text, TOKEN, List.of(each.token()));
      lines(text, THEN, each.then().lines());
    });
    file.save(text.toString().getBytes(StandardCharsets.UTF_8));
    cursors = changed;
    underWay = insert;
  }

  private static void lines(StringBuilder text, String name, List<String> values) {
    values.forEach(value -> text.append(name).append(value).append('\n'));
  }
}

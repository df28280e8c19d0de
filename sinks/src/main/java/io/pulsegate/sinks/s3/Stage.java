package io.pulsegate.sinks.s3;

import io.pulsegate.api.CursorKeepingSink.Claim;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.sinks.local.CursorBook;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// What is going to be sent, on this machine, synced, together with the cursor:
///
/// ```
/// sinks/<name>/manifest     version=1, cursor=…, window=<number> <bytes>; replaced whole
/// sinks/<name>/window-<n>   chunks, of which the first <bytes> count
/// ```
///
/// A window is what is sent together. **Its range is fixed by its file before the first try: a
/// window that was found at start, or that was closed, never grows.** So whatever happens in
/// between, each try sends the same bytes under the same names.
///
/// The manifest decides: bytes behind what it counts, and files that it does not name, were never
/// committed. After an [IOException] the stage is opened anew, and the manifest says how far it
/// got. One thread at a time.
final class Stage {
  private static final String VERSION = "version=1";
  private static final String CURSOR = "cursor=";
  private static final String WINDOW = "window=";
  private static final String FILE_PREFIX = "window-";

  private final Path folder;
  private final SyncedFile manifest;
  private final Deque<Window> closed = new ArrayDeque<>();
  private CursorBook cursors;
  private Optional<Window> open = Optional.empty();
  private long next;

  /// A window's file, and how much of it is committed.
  record Window(long number, Path file, long bytes) {}

  private Stage(Path folder, SyncedFile manifest, CursorBook cursors, List<Window> found) {
    this.folder = folder;
    this.manifest = manifest;
    this.cursors = cursors;
    this.closed.addAll(found);
    this.next = found.stream().mapToLong(Window::number).max().orElse(0) + 1;
  }

  /// Reads what is there. All windows found are closed.
  ///
  /// @throws IllegalStateException where a newer version wrote it, or it is damaged
  static Stage open(Path folder) throws IOException {
    var manifest = new SyncedFile(folder, "manifest");
    List<String> lines =
        manifest
            .load()
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
            .orElse(List.of(VERSION));
    if (lines.isEmpty() || !lines.getFirst().equals(VERSION)) {
      throw new IllegalStateException(
          "%s is not a manifest of version 1. Nothing was changed. Use the release that wrote it"
              .formatted(folder.resolve("manifest")));
    }
    CursorBook cursors = CursorBook.of(valuesOf(lines, CURSOR));
    List<Window> found = new ArrayList<>();
    for (String text : valuesOf(lines, WINDOW)) {
      String[] parts = text.split(" ", -1);
      long number = Long.parseLong(parts[0]);
      found.add(new Window(number, folder.resolve(FILE_PREFIX + number), Long.parseLong(parts[1])));
    }
    var stage = new Stage(folder, manifest, cursors, found);
    stage.forgetOtherFiles();
    return stage;
  }

  private static List<String> valuesOf(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(name.length()))
        .toList();
  }

  private void forgetOtherFiles() throws IOException {
    SyncedFile.createFolders(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, FILE_PREFIX + "*")) {
      for (Path file : files) {
        if (closed.stream().noneMatch(window -> window.file().equals(file))) {
          Files.delete(file);
        }
      }
    }
  }

  /// Takes a cursor over, or reads it again.
  Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine) throws IOException {
    Claim claim = cursors.claim(key, initial, mine);
    if (claim instanceof Claim.Owned(CursorRecord record)) {
      save(cursors.with(key, record), open);
    }
    return claim;
  }

  /// Why a move must not be made; empty where it may.
  Optional<String> refusal(CursorMove move) {
    return cursors.refusal(move);
  }

  /// Adds to the open window and moves the cursor: both or neither.
  void append(CursorMove move, List<Chunk> chunks) throws IOException {
    Optional<Window> grown = open;
    if (!chunks.isEmpty()) {
      grown = Optional.of(written(chunks));
    }
    save(cursors.with(move.key(), move.to()), grown);
  }

  private Window written(List<Chunk> chunks) throws IOException {
    boolean fresh = open.isEmpty();
    Window window = open.orElseGet(() -> new Window(next, folder.resolve(FILE_PREFIX + next), 0));
    // A stream, as an interrupt would close a channel.
    try (var file = new FileOutputStream(window.file().toFile(), true);
        var out = new DataOutputStream(new BufferedOutputStream(file, 1 << 16))) {
      for (Chunk chunk : chunks) {
        chunk.writeTo(out);
      }
      out.flush();
      file.getFD().sync();
    }
    if (fresh) {
      SyncedFile.syncFolder(folder);
      next++;
    }
    return new Window(window.number(), window.file(), Files.size(window.file()));
  }

  /// Bytes of the open window.
  long openBytes() {
    return open.map(Window::bytes).orElse(0L);
  }

  /// Closes the open window: from now on it is one of those to be sent.
  void close() {
    open.ifPresent(closed::add);
    open = Optional.empty();
  }

  /// Closed windows that are not sent yet, in order.
  int closedCount() {
    return closed.size();
  }

  /// The window to be sent next.
  Optional<Window> first() {
    return Optional.ofNullable(closed.peek());
  }

  /// The first window is at its destination: forgets it.
  void sent(Window window) throws IOException {
    if (!window.equals(closed.peek())) {
      throw new IllegalStateException("windows are sent in order, was " + window.number());
    }
    closed.remove();
    save(cursors, open);
    Files.deleteIfExists(window.file());
  }

  private void save(CursorBook changed, Optional<Window> opened) throws IOException {
    var text = new StringBuilder(VERSION).append('\n');
    changed.lines().forEach(line -> text.append(CURSOR).append(line).append('\n'));
    closed.forEach(window -> append(text, window));
    opened.ifPresent(window -> append(text, window));
    manifest.save(text.toString().getBytes(StandardCharsets.UTF_8));
    cursors = changed;
    open = opened;
  }

  private static void append(StringBuilder text, Window window) {
    text.append(WINDOW).append(window.number()).append(' ').append(window.bytes()).append('\n');
  }
}

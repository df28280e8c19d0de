package io.pulsegate.sinks.s3;

import io.pulsegate.api.ObjectExport.Sent;
import io.pulsegate.sinks.s3.Chunk.Head;
import io.pulsegate.sinks.s3.Chunk.Stored;
import io.pulsegate.sinks.s3.ObjectStore.Name;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;

/// Sends a window: an object for each of its groups.
final class Shipment {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.sinks.s3");

  private final ObjectStore store;
  private final ObjectEncoder encoder;
  private final String extension;
  private final int partBytes;
  private final BooleanSupplier stopping;
  private final Consumer<Sent> listener;
  private final InstantSource clock;

  /// @param extension of the objects' names
  /// @param stopping asked between pieces; then the shipment is given up
  /// @param listener told of every object that is stored
  Shipment(
      ObjectStore store,
      ObjectEncoder encoder,
      String extension,
      int partBytes,
      BooleanSupplier stopping,
      Consumer<Sent> listener,
      InstantSource clock) {
    this.store = store;
    this.encoder = encoder;
    this.extension = extension;
    this.partBytes = partBytes;
    this.stopping = stopping;
    this.listener = listener;
    this.clock = clock;
  }

  /// Sends all of it; may be repeated.
  ///
  /// @throws IOException where the window cannot be read, or the shipment was given up
  void send(Stage.Window window) throws IOException {
    for (List<Stored> object : objectsOf(window)) {
      send(window, object);
    }
  }

  private static Iterable<List<Stored>> objectsOf(Stage.Window window) throws IOException {
    Map<String, List<Stored>> objects = new LinkedHashMap<>();
    try (var in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(window.file())))) {
      long position = 0;
      while (position < window.bytes()) {
        Stored chunk = Stored.read(in, position);
        in.skipNBytes(chunk.linesBytes());
        position = chunk.end();
        objects.computeIfAbsent(chunk.head().group(), _ -> new ArrayList<>()).add(chunk);
      }
    }
    return objects.values();
  }

  private void send(Stage.Window window, List<Stored> chunks) throws IOException {
    Head head = chunks.stream().map(Stored::head).reduce(Head::and).orElseThrow();
    int slash = head.group().indexOf('/');
    var name =
        new Name(
            head.group().substring(0, slash),
            KeyTemplate.key(head, head.group().substring(slash + 1), extension));
    var parts = new Parts(name);
    long events = 0;
    try (var file = new RandomAccessFile(window.file().toFile(), "r")) {
      ObjectEncoder.Encoding object = encoder.begin(parts);
      for (Stored chunk : chunks) {
        byte[] lines = new byte[chunk.linesBytes()];
        file.seek(chunk.linesPosition());
        file.readFully(lines);
        if (!chunk.holds(lines)) {
          throw new IllegalStateException(
              "%s is damaged at byte %d: its lines have another checksum. Nothing was sent of that object; the file was kept"
                  .formatted(window.file(), chunk.linesPosition()));
        }
        object.write(lines);
        events += lineCount(lines);
      }
      object.end();
      parts.complete();
    } catch (IOException | RuntimeException e) {
      parts.giveUp();
      throw e;
    }
    LOGGER.log(
        Level.INFO,
        "object stored: {0}/{1}, offsets {2} to {3}",
        name.bucket(),
        name.key(),
        Long.toString(head.first()),
        Long.toString(head.last()));
    listener.accept(
        new Sent(name.bucket(), name.key(), events, head.first(), head.last(), clock.instant()));
  }

  /// A line is an event: JSON has no line feed within a text.
  private static long lineCount(byte[] lines) {
    long count = 0;
    for (byte b : lines) {
      count += b == '\n' ? 1 : 0;
    }
    return count;
  }

  /// Gathers bytes into parts; an object of a single part is stored whole.
  private final class Parts extends OutputStream {
    private final Name name;
    private final ByteArrayOutputStream buffer = new ByteArrayOutputStream(1 << 16);
    private Optional<ObjectStore.Upload> upload = Optional.empty();

    Parts(Name name) {
      this.name = name;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      int done = 0;
      while (done < length) {
        if (buffer.size() == partBytes) {
          flushPart();
        }
        int step = Math.min(length - done, partBytes - buffer.size());
        buffer.write(bytes, from + done, step);
        done += step;
      }
    }

    private void flushPart() throws IOException {
      if (stopping.getAsBoolean()) {
        throw new IOException("the sink is being closed");
      }
      if (upload.isEmpty()) {
        upload = Optional.of(store.begin(name));
      }
      upload.get().part(buffer.toByteArray());
      buffer.reset();
    }

    void complete() throws IOException {
      if (upload.isEmpty()) {
        store.put(name, buffer.toByteArray());
        return;
      }
      flushPart();
      upload.get().complete();
    }

    /// Leaves no part behind, where the store can be reached; else the next try does.
    void giveUp() {
      try {
        upload.ifPresent(ObjectStore.Upload::abort);
      } catch (SdkException e) {
        LOGGER.log(Level.DEBUG, "an unfinished upload could not be ended; the next try does");
      }
    }
  }
}

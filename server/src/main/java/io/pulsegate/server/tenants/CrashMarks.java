package io.pulsegate.server.tenants;

import io.pulsegate.api.SipHash128;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/// Which events transforms are at, written where the end of the process leaves it: what memory ran
/// out over, what crashed in native code or called `System.exit` is known at the next start.
///
/// **An event that the process has ended at three times in a row is not given to its transforms
/// again.** One at which it was killed from outside by chance is: another event stands there the
/// next time.
///
/// ```
/// file: 128 places of 16 bytes, mapped     [key 8 | ends 8] ...
///   0..63   one for each thread at work: the event it is at; 0 for none
///   64..127 what the last ends were at, and how often in a row
/// ```
///
/// A key is 64 bits of a hash of lane, sink and event id: two that collide cost an event a dead
/// letter at worst. A map and no sync: it need not outlive the machine. Any thread.
final class CrashMarks implements AutoCloseable {
  private static final int PLACES = 64;
  private static final int PLACE_BYTES = 16;
  private static final int ENDS_MAX = 3;

  private final MappedByteBuffer file;
  private final AtomicLongArray busy = new AtomicLongArray(PLACES);
  private final Map<Long, Long> ends;

  private CrashMarks(MappedByteBuffer file) {
    this.file = file;
    this.ends = takeOver(file);
  }

  /// Opens the file, or makes it, and takes over what the last end left.
  static CrashMarks open(Path path) {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      var zeros = ByteBuffer.allocate(2 * PLACES * PLACE_BYTES);
      if (channel.size() < zeros.capacity()) {
        // Written and not only mapped, so that a disk that is full later is no matter.
        while (zeros.hasRemaining()) {
          channel.write(zeros, zeros.position());
        }
      }
      return new CrashMarks(channel.map(FileChannel.MapMode.READ_WRITE, 0, zeros.capacity()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<Long, Long> takeOver(MappedByteBuffer file) {
    var before = new HashMap<Long, Long>();
    for (int i = PLACES; i < 2 * PLACES; i++) {
      before.put(key(file, i), file.getLong(i * PLACE_BYTES + Long.BYTES));
    }
    var now = new HashMap<Long, Long>();
    for (int i = 0; i < PLACES; i++) {
      long key = key(file, i);
      if (key != 0) {
        now.merge(key, before.getOrDefault(key, 0L) + 1, Math::max);
      }
      put(file, i, 0, 0);
    }
    // Those that are given up stay so: they would only end the process again.
    before.forEach((key, count) -> {
      if (key != 0 && count >= ENDS_MAX && now.size() < PLACES) {
        now.putIfAbsent(key, count);
      }
    });
    int at = PLACES;
    for (var entry : now.entrySet()) {
      put(file, at++, entry.getKey(), entry.getValue());
    }
    while (at < 2 * PLACES) {
      put(file, at++, 0, 0);
    }
    return now;
  }

  private static long key(MappedByteBuffer file, int place) {
    return file.getLong(place * PLACE_BYTES);
  }

  private static void put(MappedByteBuffer file, int place, long key, long count) {
    file.putLong(place * PLACE_BYTES, key);
    file.putLong(place * PLACE_BYTES + Long.BYTES, count);
  }

  /// The key of an event on its way.
  ///
  /// @param way of its lane into its sink
  static long key(String way, String eventId) {
    byte[] text = (way + '\n' + eventId).getBytes(StandardCharsets.UTF_8);
    var hash = new SipHash128(way.hashCode(), 0x70756c7365L);
    hash.hash(text, 0, text.length);
    return hash.low() | 1;
  }

  /// Whether the process ends at it.
  boolean endsTheProcess(long key) {
    return !ends.isEmpty() && ends.getOrDefault(key, 0L) >= ENDS_MAX;
  }

  /// Notes that work on an event begins.
  ///
  /// @return the place, for [#done]; -1 where all are taken, and nothing is noted
  int begin(long key) {
    int first = (int) (Thread.currentThread().threadId() % PLACES);
    for (int i = 0; i < PLACES; i++) {
      int place = (first + i) % PLACES;
      if (busy.compareAndSet(place, 0, key)) {
        file.putLong(place * PLACE_BYTES, key);
        return place;
      }
    }
    return -1;
  }

  /// Notes that it has ended.
  void done(int place) {
    if (place >= 0) {
      file.putLong(place * PLACE_BYTES, 0);
      busy.set(place, 0);
    }
  }

  /// An orderly end: the events under way are not the reason for it.
  @Override
  public void close() {
    for (int i = 0; i < PLACES; i++) {
      put(file, i, 0, 0);
    }
  }
}

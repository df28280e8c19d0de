package io.pulsegate.core.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.pulsegate.api.CursorRecord;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.OrphanStatus;
import io.pulsegate.log.CursorFile;
import io.pulsegate.log.Disk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.ObjLongConsumer;

/// The sinks that have a cursor here and are configured no more. **What waits for one is kept for a
/// grace time, in which it may be configured again or a person lets go of it; then it counts as
/// dropped**, and its cursor goes. Any thread.
final class Orphans {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.core");
  private static final String SINCE = ".orphan";
  private static final int PARTITION = Delivery.PARTITION;

  private final IngestionLog log;
  private final Disk cursors;
  private final Duration grace;
  private final InstantSource clock;
  private final Retention retention;
  private final ObjLongConsumer<String> dropped;
  private final Map<String, Orphan> byName = new TreeMap<>(); // guarded by this

  /// @param record where it stood, as far as that is known here
  private record Orphan(Instant since, Optional<CursorRecord> record) {}

  /// @param dropped told the sink and how many events were given up
  Orphans(
      IngestionLog log,
      Disk cursors,
      Duration grace,
      InstantSource clock,
      Retention retention,
      ObjLongConsumer<String> dropped) {
    this.log = log;
    this.cursors = cursors;
    this.grace = grace;
    this.clock = clock;
    this.retention = retention;
    this.dropped = dropped;
  }

  /// Takes what is there at a start.
  ///
  /// @param configured the sinks that are no orphans, or are none any more
  synchronized void begin(Collection<String> names, Collection<String> configured) {
    try {
      List<String> files = cursors.list();
      for (String sink : configured) {
        if (files.contains(sink + SINCE)) {
          cursors.delete(sink + SINCE);
        }
      }
      cursors.syncDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException("the folder of the cursors cannot be changed", e);
    }
    for (String name : names) {
      Optional<CursorRecord> record = place(name);
      Instant since = since(name);
      byName.put(name, new Orphan(since, record));
      record.ifPresentOrElse(
          known -> retention.release(name, known), () -> retention.unknown(name));
      LOGGER.log(
          Level.WARNING,
          "sink {0} is configured no more: what waits for it is kept until {1}. Configure it again until then, or let go of it now: pulsegate orphans forget {0}",
          name,
          since.plus(grace));
    }
  }

  /// Where a sink that keeps no cursor itself stood; one that does is asked no more, so that all
  /// the log may be needed.
  private Optional<CursorRecord> place(String name) {
    try (var local = new LocalCursor(new CursorFile(cursors, name), log.id())) {
      return local.load().map(LocalCursor.State::record).filter(record -> record.fence() > 0);
    }
  }

  private Instant since(String name) {
    try (var file = new CursorFile(cursors, name + SINCE)) {
      Optional<byte[]> known = file.load();
      if (known.isPresent()) {
        return Instant.parse(new String(known.get(), UTF_8));
      }
      Instant now = clock.instant();
      file.save(now.toString().getBytes(UTF_8));
      return now;
    }
  }

  /// Lets go of those whose time is over.
  synchronized void look() {
    Instant now = clock.instant();
    List<String> over =
        byName.entrySet().stream()
            .filter(entry -> !now.isBefore(entry.getValue().since().plus(grace)))
            .map(Map.Entry::getKey)
            .toList();
    over.forEach(this::forget);
  }

  /// Lets go of one now.
  ///
  /// @return how many events are given up, -1 where that is not known; empty where there is none of
  ///   the name
  synchronized OptionalLong forget(String name) {
    Orphan orphan = byName.get(name);
    if (orphan == null) {
      return OptionalLong.empty();
    }
    long waiting = waiting(orphan);
    try {
      cursors.delete(name);
      cursors.delete(name + SINCE);
      cursors.syncDirectory();
    } catch (IOException e) {
      throw new UncheckedIOException("the cursor of the removed sink " + name + " stays", e);
    }
    boolean _ = byName.remove(name, orphan);
    retention.forget(name);
    dropped.accept(name, Math.max(0, waiting));
    LOGGER.log(
        Level.WARNING,
        "sink {0} was removed and is forgotten: {1} events that waited for it are dropped",
        name,
        waiting < 0 ? "all" : Long.toString(waiting));
    return OptionalLong.of(waiting);
  }

  private long waiting(Orphan orphan) {
    if (orphan.record().isEmpty()) {
      return -1;
    }
    CursorRecord record = orphan.record().get();
    var lag = new Lag(log, PARTITION);
    return Math.max(0, log.totals(PARTITION).entries() - lag.settledAt(record));
  }

  synchronized int count() {
    return byName.size();
  }

  /// All of them.
  synchronized List<OrphanStatus> status() {
    return byName.entrySet().stream()
        .map(entry ->
            new OrphanStatus(
                entry.getKey(),
                entry.getValue().since(),
                entry.getValue().since().plus(grace),
                waiting(entry.getValue())))
        .toList();
  }
}

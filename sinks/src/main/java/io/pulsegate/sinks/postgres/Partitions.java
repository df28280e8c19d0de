package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Slice;
import io.pulsegate.sinks.sql.EventColumn;
import io.pulsegate.sinks.sql.TableName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/// Makes the partitions that rows are about to need, and the one after them, each in a transaction
/// of its own before the rows are written.
///
/// Where one cannot be made now, the rows go into the default partition and nothing is lost: when
/// the table is in use by a long query, which holds a lock that this gives up waiting for, or when
/// the default partition already holds rows of that time. It is tried again after a minute.
final class Partitions {
  private static final System.Logger LOG = System.getLogger(Partitions.class.getName());
  private static final Duration RETRY_AFTER = Duration.ofMinutes(1);

  /// Against a clock that jumps: the rest goes into the default partition.
  private static final int NEW_PER_WRITE_MAX = 8;

  private static final int REMEMBERED_MAX = 10_000;

  private final TableName table;
  private final PartitionInterval interval;
  private final EventColumn time;
  private final InstantSource clock;
  private final Set<LocalDate> made = new HashSet<>();
  private final Map<LocalDate, Instant> triedAt = new HashMap<>();

  /// @param time the time of an event that decides about its partition
  Partitions(TableName table, PartitionInterval interval, EventColumn time, InstantSource clock) {
    this.table = table;
    this.time = time;
    this.interval = interval;
    this.clock = clock;
  }

  /// Makes what the batch needs.
  ///
  /// @param connection without auto-commit and outside a transaction, and left so
  /// @throws SQLException only where the connection is of no more use
  void prepareFor(Batch batch, Connection connection) throws SQLException {
    Set<LocalDate> starts = time == EventColumn.OCCURRED_AT ? occurred(batch) : received(batch);
    starts.removeAll(made);
    int tried = 0;
    for (LocalDate start : starts) {
      if (tried < NEW_PER_WRITE_MAX && isDue(start)) {
        tried++;
        make(start, connection);
      }
    }
  }

  private Set<LocalDate> received(Batch batch) {
    Set<LocalDate> starts = new TreeSet<>();
    for (Slice slice : batch.slices()) {
      for (Slice.Run run : slice.runs()) {
        LocalDate start = interval.startOf(Event.ofMicros(run.receivedAtMicros()));
        starts.add(start);
        starts.add(interval.next(start));
      }
    }
    return starts;
  }

  /// Only the times that are there: events may be of any age.
  private Set<LocalDate> occurred(Batch batch) {
    Set<LocalDate> starts = new TreeSet<>();
    long from = 0;
    long to = 0;
    for (EventCursor event = batch.cursorOverEvents(); event.next(); ) {
      long micros = event.block().occurredAtMicros(event.index());
      if (micros < from || micros >= to) {
        LocalDate start = interval.startOf(Event.ofMicros(micros));
        starts.add(start);
        from = microsOf(start);
        to = microsOf(interval.next(start));
      }
    }
    return starts;
  }

  private static long microsOf(LocalDate day) {
    return TimeUnit.DAYS.toMicros(day.toEpochDay());
  }

  private boolean isDue(LocalDate start) {
    return Optional.ofNullable(triedAt.get(start))
        .map(last -> !clock.instant().isBefore(last.plus(RETRY_AFTER)))
        .orElse(true);
  }

  private void make(LocalDate start, Connection connection) throws SQLException {
    if (made.size() + triedAt.size() > REMEMBERED_MAX) {
      made.clear();
      triedAt.clear();
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = '1s'");
      statement.execute(SchemaSql.partitionSql(table, interval, start));
      connection.commit();
      made.add(start);
      triedAt.remove(start);
    } catch (SQLException e) {
      connection.rollback();
      if (PostgresErrors.isOverlap(e)) {
        // Partitions of another length were made before: these rows have their place already.
        made.add(start);
        return;
      }
      triedAt.put(start, clock.instant());
      LOG.log(
          System.Logger.Level.WARNING,
          "PostgreSQL partition not made, rows go into the default partition: table={0} from={1} sqlstate={2}",
          table,
          start,
          e.getSQLState());
    }
  }
}

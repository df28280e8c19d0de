package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Source;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.DeadLetterException;
import io.pulsegate.core.DeadLetterQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/// Dead letters, tenants and the audit log in one SQLite file.
///
/// The journal is a WAL that is synced at every commit (`synchronous=FULL`), so a change is durable
/// when [#transaction] returns. A store that cannot be opened or breaks does not stop anything: its
/// trouble is told by [#trouble], every change fails, and every later call tries again from the
/// start.
public final class StateStore implements DeadLetterQueue, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StateStore.class.getName());
  private static final int BUSY_MILLIS = 5_000;

  /// A full check reads the whole file: only while that takes well under a second.
  private static final long CHECKED_BYTES_MAX = 256L << 20;

  private static final String UPSERT =
      """
      INSERT INTO dead_letters (
        log_id, "partition", "offset", child, sink, run, tenant, incarnation, event_id, event_type,
        occurred_at, received_at, payload, source, dialect, trace_id, idempotency_key, partition_key,
        stage, component, code, reason, attempts, first_failure, last_failure)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (log_id, "partition", "offset", child, sink, run) DO UPDATE SET
        stage = excluded.stage, component = excluded.component, code = excluded.code,
        reason = excluded.reason, attempts = excluded.attempts,
        first_failure = min(first_failure, excluded.first_failure),
        last_failure = excluded.last_failure
      """;

  private final Path file;
  private @Nullable Connection writer; // guarded by this
  private volatile ToLongFunction<LaneKey> letterBytesMax = _ -> Long.MAX_VALUE;
  private volatile Optional<String> trouble = Optional.empty();

  private StateStore(Path file) {
    this.file = file;
  }

  /// The store in the file, made or migrated where needed. Always returns: see [#trouble].
  public static StateStore open(Path file) {
    var store = new StateStore(file);
    synchronized (store) {
      try {
        store.writer();
      } catch (SQLException alreadyTold) {
        LOG.log(
            System.Logger.Level.ERROR,
            "state store cannot be used; events are accepted, dead letters wait file={0} reason={1}",
            file,
            store.trouble.orElse(""));
      }
    }
    return store;
  }

  /// What is wrong with the store and what to do; empty while nothing is known to be.
  public Optional<String> trouble() {
    return trouble;
  }

  /// Work on the store.
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /// Does all of the work or nothing of it; durable when it returns.
  ///
  /// @throws StateException where it could not be done
  synchronized <T> T transaction(Work<T> work) {
    try {
      Connection connection = writer();
      connection.setAutoCommit(false);
      T result = work.run(connection);
      connection.commit();
      connection.setAutoCommit(true);
      trouble = Optional.empty();
      return result;
    } catch (SQLException e) {
      broken(e);
      throw new StateException(String.valueOf(e.getMessage()).strip(), e);
    } catch (RuntimeException refused) {
      rollBack();
      throw refused;
    }
  }

  private void rollBack() {
    try {
      Connection connection = writer();
      connection.rollback();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      broken(e);
    }
  }

  /// Gives each lane a bound for the payload bytes of its letters that wait. A [#put] that would
  /// pass it is refused whole, so that the lane's delivery waits; nothing is dropped.
  public void limitLetters(ToLongFunction<LaneKey> bytesMax) {
    letterBytesMax = bytesMax;
  }

  private static Map<LaneKey, Long> waiting(Connection connection, List<DeadLetter> letters)
      throws SQLException {
    var bytes = new HashMap<LaneKey, Long>();
    for (DeadLetter letter : letters) {
      if (!bytes.containsKey(letter.lane())) {
        bytes.put(letter.lane(), Letters.waitingBytes(connection, letter.lane()));
      }
    }
    return bytes;
  }

  /// A letter that only comes again does not count.
  private void checkLimits(Map<LaneKey, Long> before, Map<LaneKey, Long> after) {
    after.forEach((lane, bytes) -> {
      long max = letterBytesMax.applyAsLong(lane);
      if (bytes > max && bytes > before.getOrDefault(lane, 0L)) {
        throw new DeadLetterException(
            "the dead letters of tenant %s would take %d bytes, its quota is %d: redrive or discard some"
                .formatted(lane.tenant(), bytes, max));
      }
    });
  }

  @Override
  public void put(List<DeadLetter> letters) {
    if (letters.isEmpty()) {
      return;
    }
    try {
      int _ =
          transaction(connection -> {
            Map<LaneKey, Long> before = waiting(connection, letters);
            try (PreparedStatement upsert = connection.prepareStatement(UPSERT)) {
              for (DeadLetter letter : letters) {
                bind(upsert, letter);
                upsert.executeUpdate();
              }
            }
            checkLimits(before, waiting(connection, letters));
            return letters.size();
          });
    } catch (StateException e) {
      throw new DeadLetterException("dead letters cannot be kept: " + e.getMessage(), e);
    }
  }

  /// SQLite's `synchronous` of the writing connection: 2 is FULL.
  synchronized int synchronous() throws SQLException {
    try (Statement statement = writer().createStatement();
        ResultSet row = statement.executeQuery("PRAGMA synchronous")) {
      return row.next() ? row.getInt(1) : -1;
    }
  }

  @Override
  public synchronized void close() {
    if (writer != null) {
      closeQuietly(writer);
      writer = null;
    }
  }

  private Connection writer() throws SQLException {
    if (writer == null) {
      try {
        writer = connect();
        trouble = Optional.empty();
      } catch (SQLException e) {
        trouble = Optional.of(explain(e));
        throw e;
      }
    }
    return writer;
  }

  private Connection connect() throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_MILLIS);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try {
      check(connection);
      Migrations.run(connection);
      return connection;
    } catch (SQLException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private void check(Connection connection) throws SQLException {
    try {
      if (Files.size(file) > CHECKED_BYTES_MAX) {
        return;
      }
    } catch (IOException e) {
      throw new SQLException("it cannot be read: " + e.getMessage(), e);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA quick_check(1)")) {
      String verdict = row.next() ? row.getString(1) : "no answer";
      if (!verdict.equals("ok")) {
        throw new SQLException("it is damaged: " + verdict);
      }
    }
  }

  private void broken(SQLException e) {
    trouble = Optional.of(explain(e));
    close();
  }

  private String explain(SQLException e) {
    return "the state store %s cannot be used: %s. Events are accepted; dead letters and the sinks that make them wait. Mend or replace the file; it is tried again by itself."
        .formatted(file, String.valueOf(e.getMessage()).strip());
  }

  private static void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (SQLException nothingToSave) {
      // Commits were synced when they were made.
    }
  }

  private static void bind(PreparedStatement row, DeadLetter letter) throws SQLException {
    Event event = letter.event();
    int i = 1;
    row.setString(i++, letter.logId());
    row.setInt(i++, letter.partition());
    row.setLong(i++, letter.offset());
    row.setInt(i++, letter.child());
    row.setString(i++, letter.sink());
    row.setLong(i++, letter.run());
    row.setString(i++, letter.lane().tenant().value());
    row.setInt(i++, letter.lane().incarnation());
    row.setString(i++, event.eventId());
    row.setString(i++, event.eventType());
    row.setLong(i++, micros(event.occurredAt()));
    row.setLong(i++, micros(event.receivedAt()));
    row.setString(i++, event.payload());
    row.setString(i++, event.source().text());
    row.setString(i++, event.dialect());
    row.setString(i++, event.traceId().orElse(null));
    row.setString(i++, event.idempotencyKey().orElse(null));
    row.setString(i++, event.partitionKey().orElse(null));
    row.setString(i++, letter.stage());
    row.setString(i++, letter.component());
    row.setString(i++, letter.code());
    row.setString(i++, letter.reason());
    row.setInt(i++, letter.attempts());
    row.setLong(i++, micros(letter.firstFailure()));
    row.setLong(i, micros(letter.lastFailure()));
  }

  static DeadLetter letter(ResultSet row) throws SQLException {
    var lane = new LaneKey(new TenantId(row.getString("tenant")), row.getInt("incarnation"));
    var event =
        new Event(
            row.getString("event_id"),
            lane.tenant(),
            row.getString("event_type"),
            Event.ofMicros(row.getLong("occurred_at")),
            Event.ofMicros(row.getLong("received_at")),
            row.getString("payload"),
            Source.valueOf(row.getString("source").toUpperCase(Locale.ROOT)),
            row.getString("dialect"),
            Optional.ofNullable(row.getString("trace_id")),
            Optional.ofNullable(row.getString("idempotency_key")),
            Optional.ofNullable(row.getString("partition_key")));
    return new DeadLetter(
        row.getString("log_id"),
        row.getInt("partition"),
        row.getLong("offset"),
        row.getInt("child"),
        row.getString("sink"),
        row.getLong("run"),
        lane,
        event,
        row.getString("stage"),
        row.getString("component"),
        row.getString("code"),
        row.getString("reason"),
        row.getInt("attempts"),
        Event.ofMicros(row.getLong("first_failure")),
        Event.ofMicros(row.getLong("last_failure")));
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }
}

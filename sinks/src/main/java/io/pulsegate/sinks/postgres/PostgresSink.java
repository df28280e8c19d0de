package io.pulsegate.sinks.postgres;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKeepingSink;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.Migratable;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.sql.SinkThread;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Delivers into a table of PostgreSQL: a binary COPY and the move of the cursor in one
/// transaction, over one connection, which is opened when it is needed and closed after any error
/// that is not about the rows.
///
/// An interrupt, or closing, cancels what the server does; if it does not answer to that, the
/// connection is broken; that holds while the tables are prepared too. Connecting is not cancelled
/// but limited by the `connect_timeout`.
final class PostgresSink implements CursorKeepingSink, Replayable, Migratable {
  private static final System.Logger LOG = System.getLogger(PostgresSink.class.getName());
  private static final int POLITE_CANCELS = 8;
  private static final Unavailable CLOSED =
      new Unavailable(Cause.OUTAGE, "the sink is closed", Optional.empty());

  private final PostgresConfig config;
  private final Present present;
  private final Connections connections;
  private final Connections.Use use;
  private final InstantSource clock;
  private final SinkThread thread;
  private final CopyEncoder encoder;
  private final AtomicInteger cancels = new AtomicInteger();

  /// What an interrupt reaches: set before the tables are prepared, which may take long or wait for
  /// others.
  private volatile Optional<PostgresLink> link = Optional.empty();

  private Optional<PostgresSession> session = Optional.empty();

  /// A request to cancel may still be on its way to the server, and would hit the next statement.
  private volatile boolean cancelled;

  /// @param connections of all sinks that deliver into the database
  PostgresSink(PostgresConfig config, Connections connections, SinkContext context) {
    this(config, Present.AGAIN, connections, Connections.Use.LIVE, context.name(), context.clock());
  }

  private PostgresSink(
      PostgresConfig config,
      Present present,
      Connections connections,
      Connections.Use use,
      String name,
      InstantSource clock) {
    this.config = config;
    this.connections = connections;
    this.use = use;
    this.encoder = new CopyEncoder(config.layout());
    this.present = present;
    this.clock = clock;
    this.thread = new SinkThread(name, this::cancel);
  }

  /// Whether an event is there already can be found out where the table has what it is known by.
  @Override
  public Set<Present> replays() {
    return config.layout().hasEnvelope() ? EnumSet.allOf(Present.class) : EnumSet.of(Present.AGAIN);
  }

  @Override
  public PostgresSink replay(String name, Present what) {
    return new PostgresSink(config, what, connections, Connections.Use.PASSING, name, clock);
  }

  @Override
  public Claim claim(CursorKey key, CursorRecord initial, OptionalLong mine)
      throws InterruptedException {
    return thread
        .call(() -> claimNow(key, initial, mine))
        .orElseGet(() -> new Claim.Failed(CLOSED));
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    return thread.call(() -> writeNow(batch)).orElse(CLOSED);
  }

  @Override
  public Plan plan() throws InterruptedException {
    return migration(false);
  }

  @Override
  public Plan migrate() throws InterruptedException {
    return migration(true);
  }

  @Override
  public void close() {
    thread.close(this::endSession);
  }

  private Claim claimNow(CursorKey key, CursorRecord initial, OptionalLong mine) {
    try {
      return session().claim(key, initial, mine);
    } catch (SQLException e) {
      endSession();
      return new Claim.Failed(PostgresErrors.unavailable(e));
    }
  }

  private WriteResult writeNow(Batch batch) {
    boolean answered = false;
    try {
      WriteResult result = session().write(batch);
      answered = true;
      return result;
    } catch (SQLException e) {
      return PostgresErrors.unavailable(e);
    } finally {
      // Whatever was thrown: the next claim must not commit rows of a transaction left open.
      if (!answered) {
        endSession();
      }
    }
  }

  private Plan migration(boolean apply) throws InterruptedException {
    return thread
        .call(() -> {
          try {
            return PostgresSession.migration(config, apply);
          } catch (SQLException e) {
            return new Plan.Failed(PostgresErrors.unavailable(e).reason());
          }
        })
        .orElseGet(() -> new Plan.Failed(CLOSED.reason()));
  }

  private PostgresSession session() throws SQLException {
    if (cancelled) {
      endSession();
      cancelled = false;
    }
    cancels.set(0);
    if (session.isEmpty()) {
      endSession(); // a link whose session never came to be
      PostgresLink connected = connections.open(config, use);
      link = Optional.of(connected);
      session = Optional.of(new PostgresSession(connected, config, present, clock, encoder));
    }
    return session.get();
  }

  private void endSession() {
    session = Optional.empty();
    link.ifPresent(PostgresLink::close);
    link = Optional.empty();
  }

  private void cancel() {
    cancelled = true;
    link.ifPresent(running -> {
      try {
        if (cancels.incrementAndGet() <= POLITE_CANCELS) {
          running.cancel();
        } else {
          running.abort();
        }
      } catch (SQLException e) {
        LOG.log(System.Logger.Level.DEBUG, "could not cancel: sqlstate={0}", e.getSQLState());
      }
    });
  }
}

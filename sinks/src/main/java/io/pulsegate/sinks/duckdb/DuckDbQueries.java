package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Queryable.Answer;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.duckdb.DuckDBConnection;

/// Runs queries side by side, each on a connection and a platform thread of its own, within a time
/// limit.
final class DuckDbQueries {
  /// How many run at once; the others wait within their time limit.
  private static final int RUNNING_MAX = 8;

  private static final long CANCEL_EVERY_MILLIS = 50;
  private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /// Where connections come from.
  @FunctionalInterface
  interface Connections {
    DuckDBConnection open() throws SQLException;
  }

  /// What is done after an error that leaves the database unusable until it is opened anew.
  @FunctionalInterface
  interface Recovery {
    void reopen() throws InterruptedException;
  }

  private final Connections connections;
  private final Recovery recovery;
  private final TempSpace space;
  private final Semaphore running = new Semaphore(RUNNING_MAX, true);

  DuckDbQueries(Connections connections, Recovery recovery, TempSpace space) {
    this.connections = connections;
    this.recovery = recovery;
    this.space = space;
  }

  Answer query(String sql, int rowsMax, Duration timeout) throws InterruptedException {
    if (rowsMax < 0) {
      throw new IllegalArgumentException("rowsMax is not negative, was " + rowsMax);
    }
    long deadline = System.nanoTime() + timeout.toNanos();
    if (!running.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
      return tooLate(timeout);
    }
    try (var query = new Running()) {
      return query.run(sql, rowsMax, deadline).orElseGet(() -> tooLate(timeout));
    } catch (SQLException e) {
      if (DuckDbErrors.isFatal(e)) {
        recovery.reopen();
      }
      return new Answer.Failed(DuckDbErrors.ofQuery(e));
    } finally {
      running.release();
    }
  }

  private static Answer tooLate(Duration timeout) {
    return new Answer.Failed("the query was stopped after " + timeout.toMillis() + " ms");
  }

  /// One query on its way.
  private final class Running implements AutoCloseable {
    private final DuckDBConnection connection;
    private final Statement statement;

    Running() throws SQLException {
      connection = connections.open();
      try {
        statement = connection.createStatement();
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    }

    /// @return empty where the time was over first
    Optional<Answer> run(String sql, int rowsMax, long deadlineNanos)
        throws SQLException, InterruptedException {
      var done = new CompletableFuture<Answer>();
      Thread.ofPlatform()
          .daemon()
          .name("duckdb-query")
          .start(() -> {
            try {
              done.complete(new ReadOnlyQuery(connection, statement).run(sql, rowsMax));
            } catch (SQLException | RuntimeException e) {
              done.completeExceptionally(e);
            }
          });
      try {
        return await(done, deadlineNanos);
      } catch (InterruptedException e) {
        cancelAndWait(done);
        throw e;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SQLException failed) {
          throw failed;
        }
        throw new IllegalStateException(e.getCause());
      }
    }

    /// Ends a query that takes too long, or the disk that the log needs.
    private Optional<Answer> await(CompletableFuture<Answer> done, long deadlineNanos)
        throws SQLException, InterruptedException, ExecutionException {
      while (true) {
        long left = Math.max(deadlineNanos - System.nanoTime(), 0);
        try {
          return Optional.of(done.get(Math.min(left, LOOK_EVERY_NANOS), TimeUnit.NANOSECONDS));
        } catch (TimeoutException notYet) {
          Optional<Answer> shortage = space.shortage().map(Answer.Failed::new);
          if (shortage.isPresent() || left <= LOOK_EVERY_NANOS) {
            cancelAndWait(done);
            return shortage;
          }
        }
      }
    }

    /// A native call cannot be left behind: the connection is closed only when it has returned.
    private void cancelAndWait(CompletableFuture<Answer> done) throws SQLException {
      boolean interrupted = false;
      while (!done.isDone()) {
        statement.cancel();
        try {
          Answer _ = done.get(CANCEL_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException notYet) {
          // Asked again: the first request may have come before the query began.
        } catch (ExecutionException ended) {
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() throws SQLException {
      try {
        statement.close();
      } finally {
        connection.close();
      }
    }
  }
}

package io.pulsegate.sinks.postgres;

import io.pulsegate.sinks.sql.MisconfiguredException;
import java.sql.SQLException;

/// How many connections this process has to one database, for all sinks that deliver into it. Any
/// thread.
final class Connections {
  private static final System.Logger LOG = System.getLogger(Connections.class.getName());

  /// What a connection is opened for.
  enum Use {
    /// Delivery: kept open.
    LIVE,
    /// A replay: closed when it is over.
    PASSING
  }

  private int live;
  private int passing;

  /// Opens one more.
  ///
  /// @throws MisconfiguredException where the sink's settings allow no more
  PostgresLink open(PostgresConfig config, Use use) throws SQLException {
    enter(config.pool(), use);
    try {
      PostgresLink link = PostgresLink.connect(config, () -> leave(use));
      tell(config.pool());
      return link;
    } catch (SQLException | RuntimeException e) {
      leave(use);
      throw e;
    }
  }

  private synchronized void enter(PostgresConfig.Pool pool, Use use) throws MisconfiguredException {
    switch (use) {
      case LIVE -> {
        if (live >= pool.size()) {
          throw new MisconfiguredException(
              "%s sinks deliver into this database already, over a connection each, and pool_size (DATABASE_POOL_SIZE) allows no more than %d: raise it"
                  .formatted(live, pool.size()));
        }
        live++;
      }
      case PASSING -> {
        if (passing >= pool.overflow()) {
          throw new MisconfiguredException(
              "%s replays into this database run already, over a connection each, and max_overflow (DATABASE_MAX_OVERFLOW) allows no more than %d: raise it, or wait for one to end"
                  .formatted(passing, pool.overflow()));
        }
        passing++;
      }
    }
  }

  private synchronized void tell(PostgresConfig.Pool pool) {
    LOG.log(
        System.Logger.Level.INFO,
        "PostgreSQL connection pool: live={0} pool_size={1} passing={2} max_overflow={3}",
        live,
        pool.size(),
        passing,
        pool.overflow());
  }

  private synchronized void leave(Use use) {
    switch (use) {
      case LIVE -> live--;
      case PASSING -> passing--;
    }
  }
}

package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.Queryable;
import java.time.Duration;

/// A DuckDB file opened for queries alone. Any thread.
public final class DuckDbReader implements Queryable, AutoCloseable {
  private final DuckDbDatabase database;
  private final DuckDbQueries queries;

  DuckDbReader(DuckDbDatabase database, TempSpace space) {
    this.database = database;
    this.queries = new DuckDbQueries(database::duplicate, database::close, space);
  }

  @Override
  public Answer query(String sql, int rowsMax, Duration timeout) throws InterruptedException {
    return queries.query(sql, rowsMax, timeout);
  }

  @Override
  public void close() {
    database.end();
  }
}

package io.pulsegate.sinks.sql;

import java.sql.SQLException;

/// The database is not as it must be and waits for a person: a table of another shape, made by a
/// newer version, and the like. The message says what was found and what to do.
public final class MisconfiguredException extends SQLException {
  private static final long serialVersionUID = 1;

  public MisconfiguredException(String message) {
    super(message);
  }
}

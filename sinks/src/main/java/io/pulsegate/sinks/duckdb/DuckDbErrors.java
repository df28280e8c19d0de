package io.pulsegate.sinks.duckdb;

import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.sql.MisconfiguredException;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What DuckDB's errors mean for delivery. They carry no SQLSTATE, but begin with their kind; the
/// rest of the message may quote an event and is never passed on, file errors excepted.
final class DuckDbErrors {
  /// Those that are about the rows.
  private static final List<String> ABOUT_ROWS =
      List.of(
          "Conversion Error",
          "Constraint Error",
          "Out of Range Error",
          "Invalid Input Error",
          "Invalid Type Error",
          "Mismatch Type Error");

  /// Those that only a person can mend.
  private static final List<String> ABOUT_SETUP =
      List.of("Catalog Error", "Binder Error", "Permission Error", "Invalid Configuration Error");

  /// What the appender says of a constraint: it leaves the kind out.
  private static final Pattern CONSTRAINT =
      Pattern.compile(
          "(?i)violates (unique|primary key|foreign key) constraint"
              + "|(not null|check) constraint failed|unique constraint violation");

  private static final List<String> OTHERS =
      List.of(
          "IO Error",
          "FATAL Error",
          "INTERNAL Error",
          "Out of Memory Error",
          "TransactionContext Error",
          "INTERRUPT Error",
          "Connection Error",
          "Serialization Error");

  /// The file that an error is about.
  private static final Pattern FILE = Pattern.compile("file \"([^\"]+)\"");

  private DuckDbErrors() {}

  /// What a failure to append rows means.
  static WriteResult ofRows(SQLException e) {
    String kind = CONSTRAINT.matcher(message(e)).find() ? "Constraint Error" : kindOf(e);
    return ABOUT_ROWS.contains(kind)
        ? new Refused(
            kind.toLowerCase(Locale.ROOT).replace(' ', '_'), "DuckDB refused the rows: " + kind)
        : ofOther(e);
  }

  /// What a failure means that no row can be the reason of.
  static Unavailable ofOther(SQLException e) {
    String kind = kindOf(e);
    if (e instanceof MisconfiguredException) {
      return unavailable(Cause.MISCONFIGURED, message(e));
    }
    Optional<String> full = diskFull(message(e));
    if (full.isPresent()) {
      return unavailable(Cause.OUTAGE, full.get());
    }
    if (kind.equals("IO Error")) {
      boolean wrongFile = message(e).contains("not a valid DuckDB database file");
      return unavailable(wrongFile ? Cause.MISCONFIGURED : Cause.OUTAGE, message(e));
    }
    if (kind.equals("Out of Memory Error")) {
      return unavailable(
          Cause.OUTAGE, "DuckDB has not enough memory: raise the sink's memory_limit");
    }
    return unavailable(
        ABOUT_SETUP.contains(kind) ? Cause.MISCONFIGURED : Cause.OUTAGE, "DuckDB failed: " + kind);
  }

  /// What a failed query is told: DuckDB's own words, but for what it advises and nobody can do
  /// here.
  static String ofQuery(SQLException e) {
    String message = message(e).strip();
    if (message.contains("max_temp_directory_size")) {
      return "the query puts more rows aside on disk than the sink's temp_limit allows; ask for less at a time, or raise temp_limit";
    }
    if (kindOf(e).equals("Out of Memory Error")) {
      return "the query needs more memory than the sink's memory_limit; ask for less at a time, or raise memory_limit";
    }
    return diskFull(message).orElse(message);
  }

  /// Says so where a file could not be written because the disk is full.
  private static Optional<String> diskFull(String message) {
    if (!message.contains("No space left on device")) {
      return Optional.empty();
    }
    Matcher file = FILE.matcher(message);
    return Optional.of(
        "the disk is full: DuckDB cannot write %s; free some space"
            .formatted(file.find() ? file.group(1) : "its file"));
  }

  /// Whether the database refuses everything until it is closed and opened again.
  static boolean isFatal(SQLException e) {
    String message = message(e);
    return message.contains("FATAL Error")
        || message.contains("INTERNAL Error")
        || message.contains("database has been invalidated");
  }

  static String message(SQLException e) {
    return Optional.ofNullable(e.getMessage()).orElse("no message");
  }

  /// The first kind named in the message.
  private static String kindOf(SQLException e) {
    String message = message(e);
    String first = "Unknown Error";
    int firstAt = Integer.MAX_VALUE;
    for (List<String> kinds : List.of(ABOUT_ROWS, ABOUT_SETUP, OTHERS)) {
      for (String kind : kinds) {
        int at = message.indexOf(kind);
        if (at >= 0 && at < firstAt) {
          first = kind;
          firstAt = at;
        }
      }
    }
    return first;
  }

  private static Unavailable unavailable(Cause cause, String reason) {
    return new Unavailable(cause, reason, Optional.empty());
  }
}

package io.pulsegate.sinks.postgres;

import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Refused;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.sql.MisconfiguredException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// What PostgreSQL's errors mean for delivery, by SQLSTATE ("PostgreSQL Error Codes" in its
/// documentation). A reason never holds what a row holds: of errors about rows only the code and
/// the names of columns and constraints are passed on.
final class PostgresErrors {
  /// Classes of errors about what is in a row: cardinality, data, integrity, limits, triggers that
  /// refuse (P0001 is in P0), and checks of views.
  private static final Set<String> ABOUT_ROWS = Set.of("21", "22", "23", "44", "54", "P0");

  /// Classes that wait for a person: features that a table's set-up rules out (COPY into a table
  /// with row-level security), login, catalog, schema, SQL and rights.
  private static final Set<String> ABOUT_SETUP =
      Set.of("0A", "0L", "0P", "28", "3D", "3F", "42", "F0");

  /// States of a class about rows that hold for every row: the binary format does not fit a column,
  /// because its type was changed under us.
  private static final Set<String> WRONG_FORMAT = Set.of("22P03", "22P04");

  private static final String CHECK_VIOLATION = "23514";

  /// The last line of an error's context in a COPY.
  private static final Pattern COPY_LINE = Pattern.compile("COPY [^,]+, line (\\d+)(, column .*)?");

  private PostgresErrors() {}

  /// Whether the rows are to blame.
  static boolean isAboutRows(SQLException e) {
    return ABOUT_ROWS.contains(classOf(e)) && !isAboutTable(e);
  }

  /// Whether the table no longer takes any row: another type of a column, or no partition for it.
  /// The latter is a check violation that names no constraint.
  private static boolean isAboutTable(SQLException e) {
    return WRONG_FORMAT.contains(stateOf(e))
        || (stateOf(e).equals(CHECK_VIOLATION)
            && server(e).filter(message -> message.getConstraint() != null).isEmpty());
  }

  /// A refusal of the rows.
  static Refused refusal(SQLException e) {
    return new Refused(stateOf(e), refusalReason(e));
  }

  /// Why a row is refused, in names and codes alone.
  static String refusalReason(SQLException e) {
    StringBuilder reason = new StringBuilder("PostgreSQL refused it with SQLSTATE " + stateOf(e));
    server(e)
        .ifPresent(message -> {
          append(reason, "column", message.getColumn());
          append(reason, "constraint", message.getConstraint());
        });
    return reason.toString();
  }

  /// Whether a commit failed at a constraint that is checked only then. Nothing else that a commit
  /// raises is about rows.
  static boolean isDeferredConstraint(SQLException e) {
    return classOf(e).equals("23") && !isAboutTable(e);
  }

  /// Whether the same row would be refused for the same reason by itself: a value that a column
  /// cannot hold, or a constraint. What a trigger raises is not taken for that, since it may be
  /// about more than the row, or about the trigger.
  static boolean isAboutOneRow(SQLException e) {
    boolean constraint =
        classOf(e).equals("23")
            && !isAboutTable(e)
            && where(e).isEmpty()
            && server(e).filter(message -> message.getConstraint() != null).isPresent();
    return constraint || certainLine(e).isPresent();
  }

  /// Names the server and the cause where no connection came about: the driver leaves both out of
  /// its message, or one of them.
  ///
  /// @param hosts with their ports
  static SQLException ofConnect(SQLException e, String hosts) {
    String cause =
        switch (e.getCause()) {
          case UnknownHostException unknown -> "unknown host " + unknown.getMessage();
          case SocketTimeoutException _ -> "no answer in time";
          case IOException failed when failed.getMessage() != null ->
              failed.getMessage().toLowerCase(Locale.ROOT);
          case null, default -> "";
        };
    return cause.isEmpty() || !classOf(e).equals("08")
        ? e
        : new SQLException("cannot connect to " + hosts + ": " + cause, e.getSQLState(), e);
  }

  /// What a failure means that no row is the reason of.
  static Unavailable unavailable(SQLException e) {
    boolean setup =
        e instanceof MisconfiguredException || ABOUT_SETUP.contains(classOf(e)) || isAboutTable(e);
    return new Unavailable(setup ? Cause.MISCONFIGURED : Cause.OUTAGE, reason(e), Optional.empty());
  }

  /// The row a COPY failed at, counted from 1, where that is certain: the error is about data, and
  /// the server was reading a column of that row, or checking it and nothing else.
  ///
  /// Checks and NOT NULL are looked at before a row is put into the buffer; while the buffer is
  /// written, the line is set anew for each row (copyfrom.c, `CopyMultiInsertBufferFlush`), so that
  /// it is right for unique indexes as well. Foreign keys and AFTER triggers come when all is read,
  /// with no line at all. An error raised within a function has another context above the COPY's
  /// and is left alone.
  static OptionalInt certainLine(SQLException e) {
    if (isAboutTable(e) || (!classOf(e).equals("22") && !classOf(e).equals("23"))) {
      return OptionalInt.empty();
    }
    String where = where(e);
    int lastLine = where.lastIndexOf('\n') + 1;
    Matcher copy = COPY_LINE.matcher(where.substring(lastLine));
    return copy.matches() && (lastLine == 0 || copy.group(2) != null)
        ? OptionalInt.of(Integer.parseInt(copy.group(1)))
        : OptionalInt.empty();
  }

  private static String where(SQLException e) {
    return server(e).flatMap(message -> Optional.ofNullable(message.getWhere())).orElse("");
  }

  /// Whether a partition was not made because another one covers its time.
  static boolean isOverlap(SQLException e) {
    return stateOf(e).equals("42P17");
  }

  private static String reason(SQLException e) {
    if (isAboutRows(e)) {
      return refusalReason(e);
    }
    // Without detail and context, which may quote a row.
    String text =
        server(e)
            .flatMap(message -> Optional.ofNullable(message.getMessage()))
            .or(() -> Optional.ofNullable(e.getMessage()))
            .orElse("no message");
    return e instanceof MisconfiguredException ? text : text + " (SQLSTATE " + stateOf(e) + ")";
  }

  private static Optional<ServerErrorMessage> server(SQLException e) {
    return e instanceof PSQLException postgres
        ? Optional.ofNullable(postgres.getServerErrorMessage())
        : Optional.empty();
  }

  private static String stateOf(SQLException e) {
    return Optional.ofNullable(e.getSQLState()).orElse("?????");
  }

  private static String classOf(SQLException e) {
    return stateOf(e).substring(0, 2);
  }

  private static void append(
      StringBuilder reason, String what, @org.jspecify.annotations.Nullable String name) {
    if (name != null) {
      reason.append(", ").append(what).append(' ').append(name);
    }
  }
}

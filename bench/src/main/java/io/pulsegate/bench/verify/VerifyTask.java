package io.pulsegate.bench.verify;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;

/// What `load --verify` does: opens the record and the stores, and compares.
///
/// @param record file written by `load --record`
/// @param sink where the events must be
/// @param deadLetters where poisonous events must be
public record VerifyTask(Path record, Store sink, Optional<DeadLetterStore> deadLetters) {
  /// @param file data folder of the server, or its state store
  /// @param sink name of the sink that refused them, as the configuration has it
  public record DeadLetterStore(Path file, String sink) {}

  /// A sink's table.
  public sealed interface Store {
    /// Name of the table.
    String table();
  }

  /// @param data the server's data folder, or the database file; the server must have stopped
  public record DuckDbStore(Path data, String table) implements Store {}

  /// @param url as libpq writes it
  public record PostgresStore(String url, String table) implements Store {}

  /// Compares.
  public Findings run() throws IOException, SQLException {
    var file = new RecordFile(record);
    IdSource store =
        switch (sink) {
          case DuckDbStore(var data, var table) -> TableIds.duckDb(data, table);
          case PostgresStore(var url, var table) -> TableIds.postgres(url, table);
        };
    Optional<IdSource> letters = Optional.empty();
    if (deadLetters.isPresent()) {
      var place = deadLetters.get();
      letters = Optional.of(TableIds.deadLetters(place.file(), place.sink()));
    }
    return Verification.verify(file.idsAbout(), file, store, letters);
  }
}

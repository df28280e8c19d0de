package io.pulsegate.server.tenants;

import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.StateException;
import io.pulsegate.server.state.TenantBook;
import io.pulsegate.server.state.TenantRows;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;

/// Keeps the [TenantBook] in two places: the state store, and a copy beside it, so that a damaged
/// store neither makes known tenants unknown nor lets an incarnation come a second time. The one
/// with the higher revision is the true one.
public final class TenantVault {
  private static final System.Logger LOG = System.getLogger(TenantVault.class.getName());

  private final TenantRows rows;
  private final BookCopy copy;

  public TenantVault(TenantRows rows, BookCopy copy) {
    this.rows = rows;
    this.copy = copy;
  }

  /// The book as it was kept last; what cannot be read is logged.
  TenantBook load() {
    TenantBook stored = TenantBook.EMPTY;
    try {
      stored = rows.load();
    } catch (StateException e) {
      LOG.log(
          Level.ERROR,
          "tenants are read from the copy beside the state store: {0}",
          e.getMessage());
    }
    TenantBook copied = copied().orElse(TenantBook.EMPTY);
    return copied.revision() > stored.revision() ? copied : stored;
  }

  private Optional<TenantBook> copied() {
    try {
      return copy.read().map(BookText::read);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.ERROR, "the copy of the tenants cannot be read: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  /// Keeps a book in both places.
  ///
  /// @throws StateException where the store does not take it; then the copy is as it was too
  void save(TenantBook book, List<Change> changes) {
    rows.save(book, changes);
    writeCopy(book);
  }

  /// Keeps a book in the store where that works, and in the copy in any case: for what has happened
  /// already, such as a change of the file.
  void saveWhereItCan(TenantBook book, List<Change> changes) {
    try {
      rows.save(book, changes);
    } catch (StateException e) {
      LOG.log(
          Level.ERROR,
          "a change of the tenants is in force and only in the copy beside the state store: {0}",
          e.getMessage());
    }
    writeCopy(book);
  }

  private void writeCopy(TenantBook book) {
    try {
      copy.write(BookText.write(book));
    } catch (IOException e) {
      LOG.log(
          Level.ERROR,
          "the copy of the tenants could not be written; it is written again with the next change: {0}",
          e.getMessage());
    }
  }
}

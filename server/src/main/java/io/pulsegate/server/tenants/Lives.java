package io.pulsegate.server.tenants;

import io.pulsegate.api.TenantId;
import io.pulsegate.server.state.TenantBook;
import io.pulsegate.server.state.TenantBook.KeyPlace;
import io.pulsegate.server.state.TenantBook.Life;
import io.pulsegate.server.state.TenantBook.StoredKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Counts how often tenants have been created.
final class Lives {
  private Lives() {}

  /// The book once these tenants of the file, and those of its documents, are all there are. **A
  /// tenant that was gone and comes again is a new incarnation; its old keys are not its keys.**
  static TenantBook after(TenantBook book, Set<TenantId> file) {
    Set<TenantId> present = new HashSet<>(file);
    present.addAll(book.documents().keySet());
    Map<TenantId, Life> lives = new HashMap<>(book.lives());
    lives.replaceAll(
        (id, life) -> present.contains(id) ? life : new Life(life.incarnation(), false));
    for (TenantId id : present) {
      Life before = lives.get(id);
      if (before == null) {
        lives.put(id, new Life(1, true));
      } else if (!before.present()) {
        lives.put(id, new Life(before.incarnation() + 1, true));
      }
    }
    Map<KeyPlace, StoredKey> keys = new HashMap<>(book.keys());
    keys.keySet().removeIf(place -> !present.contains(place.tenant()));
    var after = new TenantBook(book.revision(), lives, book.documents(), keys);
    return after.equals(book) ? book : after;
  }

  /// The same as a further revision.
  static TenantBook next(TenantBook book) {
    return new TenantBook(book.revision() + 1, book.lives(), book.documents(), book.keys());
  }
}

package io.pulsegate.server.state;

import io.pulsegate.api.Event;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyHash;
import io.pulsegate.core.KeyScope;
import io.pulsegate.server.state.TenantBook.KeyPlace;
import io.pulsegate.server.state.TenantBook.Life;
import io.pulsegate.server.state.TenantBook.StoredKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The [TenantBook] in the state store. Any thread.
public final class TenantRows {
  private static final String REVISION = "tenants.revision";

  private final StateStore store;

  public TenantRows(StateStore store) {
    this.store = store;
  }

  /// The book as it was saved last; [TenantBook#EMPTY] where it never was.
  ///
  /// @throws StateException where it cannot be read
  public TenantBook load() {
    return store.transaction(TenantRows::read);
  }

  /// Puts the book in the place of the one that is there, and writes down why, in one transaction;
  /// durable when it returns. Only rows that differ are touched.
  ///
  /// @throws StateException where it could not be; nothing has changed
  public void save(TenantBook book, List<Change> changes) {
    store.transaction(connection -> {
      TenantBook before = read(connection);
      lives(connection, before.lives(), book.lives());
      documents(connection, before.documents(), book.documents());
      keys(connection, before.keys(), book.keys());
      run(
          connection,
          "INSERT INTO counters (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          REVISION,
          book.revision());
      for (Change change : changes) {
        AuditLog.insert(connection, change);
      }
      return book;
    });
  }

  private static TenantBook read(Connection connection) throws SQLException {
    long revision = 0;
    var lives = new HashMap<TenantId, Life>();
    var documents = new HashMap<TenantId, String>();
    var keys = new HashMap<KeyPlace, StoredKey>();
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row =
          statement.executeQuery("SELECT value FROM counters WHERE name = '" + REVISION + "'")) {
        revision = row.next() ? row.getLong(1) : 0;
      }
      try (ResultSet row = statement.executeQuery("SELECT * FROM tenant_lives")) {
        while (row.next()) {
          lives.put(
              new TenantId(row.getString("tenant")),
              new Life(row.getInt("incarnation"), row.getBoolean("present")));
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT * FROM tenants")) {
        while (row.next()) {
          documents.put(new TenantId(row.getString("tenant")), row.getString("document"));
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT * FROM api_keys")) {
        while (row.next()) {
          keys.put(
              new KeyPlace(new TenantId(row.getString("tenant")), row.getString("id")), key(row));
        }
      }
    }
    return new TenantBook(revision, lives, documents, keys);
  }

  private static StoredKey key(ResultSet row) throws SQLException {
    long expires = row.getLong("expires");
    boolean forever = row.wasNull();
    return new StoredKey(
        new ApiKey(
            row.getString("id"),
            row.getString("name"),
            KeyHash.parse(row.getString("hash")),
            scopes(row.getString("scopes")),
            forever ? Optional.empty() : Optional.of(Event.ofMicros(expires))),
        Event.ofMicros(row.getLong("created")));
  }

  static Set<KeyScope> scopes(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(scope -> KeyScope.valueOf(scope.toUpperCase(Locale.ROOT)))
        .collect(Collectors.toSet());
  }

  static String text(Set<KeyScope> scopes) {
    return new TreeSet<>(scopes).stream().map(KeyScope::text).collect(Collectors.joining(","));
  }

  private static void lives(
      Connection connection, Map<TenantId, Life> before, Map<TenantId, Life> after)
      throws SQLException {
    for (var life : after.entrySet()) {
      if (!life.getValue().equals(before.get(life.getKey()))) {
        run(
            connection,
            "INSERT OR REPLACE INTO tenant_lives (tenant, incarnation, present) VALUES (?, ?, ?)",
            life.getKey().value(),
            life.getValue().incarnation(),
            life.getValue().present());
      }
    }
  }

  private static void documents(
      Connection connection, Map<TenantId, String> before, Map<TenantId, String> after)
      throws SQLException {
    for (TenantId gone : before.keySet()) {
      if (!after.containsKey(gone)) {
        run(connection, "DELETE FROM tenants WHERE tenant = ?", gone.value());
      }
    }
    for (var document : after.entrySet()) {
      if (!document.getValue().equals(before.get(document.getKey()))) {
        run(
            connection,
            "INSERT OR REPLACE INTO tenants (tenant, document) VALUES (?, ?)",
            document.getKey().value(),
            document.getValue());
      }
    }
  }

  private static void keys(
      Connection connection, Map<KeyPlace, StoredKey> before, Map<KeyPlace, StoredKey> after)
      throws SQLException {
    for (KeyPlace gone : before.keySet()) {
      if (!after.containsKey(gone)) {
        run(
            connection,
            "DELETE FROM api_keys WHERE tenant = ? AND id = ?",
            gone.tenant().value(),
            gone.id());
      }
    }
    for (var entry : after.entrySet()) {
      if (!entry.getValue().equals(before.get(entry.getKey()))) {
        ApiKey key = entry.getValue().key();
        run(
            connection,
            "INSERT OR REPLACE INTO api_keys (tenant, id, name, hash, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, "
                + key.expires().map(time -> Long.toString(StateStore.micros(time))).orElse("NULL")
                + ")",
            entry.getKey().tenant().value(),
            key.id(),
            key.name(),
            key.hash().hex(),
            text(key.scopes()),
            StateStore.micros(entry.getValue().created()));
      }
    }
  }

  private static void run(Connection connection, String sql, Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      statement.executeUpdate();
    }
  }
}

package io.pulsegate.server.state;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.TenantId;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;

/// The tenants that are no more and whose waiting events a person has given up. Any thread.
public final class GivenUp {
  private final StateStore store;

  public GivenUp(StateStore store) {
    this.store = store;
  }

  /// All of them.
  ///
  /// @throws StateException where they cannot be read
  public List<LaneKey> all() {
    return store.transaction(connection -> {
      List<LaneKey> lanes = new ArrayList<>();
      try (PreparedStatement query = connection.prepareStatement("SELECT * FROM given_up");
          ResultSet row = query.executeQuery()) {
        while (row.next()) {
          var tenant = new TenantId(row.getString("tenant"));
          lanes.add(new LaneKey(tenant, row.getInt("incarnation")));
        }
      }
      return lanes;
    });
  }

  /// Adds some, with a line in the audit log.
  ///
  /// @throws StateException where that could not be done
  public void add(List<LaneKey> lanes, Change change) {
    store.transaction(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT OR IGNORE INTO given_up VALUES (?, ?)")) {
        for (LaneKey lane : lanes) {
          insert.setString(1, lane.tenant().value());
          insert.setInt(2, lane.incarnation());
          insert.executeUpdate();
        }
      }
      AuditLog.insert(connection, change);
      return change;
    });
  }
}

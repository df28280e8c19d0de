package io.pulsegate.server.admin;

import io.pulsegate.api.TenantId;
import io.pulsegate.core.ApiKey;
import io.pulsegate.core.KeyScope;
import java.util.Optional;

/// Who asks.
sealed interface Caller {
  /// As the audit log names him.
  String actor();

  /// The only tenant whose things he may see; empty for all.
  Optional<TenantId> tenant();

  /// Whether he may do that, within his tenant.
  boolean may(KeyScope scope);

  /// The holder of the admin token: may do everything.
  record Operator() implements Caller {
    @Override
    public String actor() {
      return "operator";
    }

    @Override
    public Optional<TenantId> tenant() {
      return Optional.empty();
    }

    @Override
    public boolean may(KeyScope scope) {
      return true;
    }
  }

  /// The holder of a key of a tenant.
  record KeyHolder(TenantId id, ApiKey key) implements Caller {
    @Override
    public String actor() {
      return "key:" + id + "/" + key.id();
    }

    @Override
    public Optional<TenantId> tenant() {
      return Optional.of(id);
    }

    @Override
    public boolean may(KeyScope scope) {
      return key.scopes().contains(scope);
    }
  }
}

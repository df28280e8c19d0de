package io.pulsegate.server.tenants;

import io.pulsegate.core.ApiKey;
import io.pulsegate.core.TenantConfig;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A tenant as the operator sees it.
public record TenantView(TenantConfig config, Origin origin, List<KeyView> keys) {
  public TenantView {
    keys = List.copyOf(keys);
  }

  /// Who says how a tenant is.
  public enum Origin {
    FILE,
    API
  }

  /// One of its keys.
  ///
  /// @param created empty for those of the file
  public record KeyView(ApiKey key, Origin origin, Optional<Instant> created) {}
}

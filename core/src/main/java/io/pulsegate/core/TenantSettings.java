package io.pulsegate.core;

import java.util.List;

/// All that can be set of a tenant.
///
/// @param routes empty where its events go into every sink as they are
public record TenantSettings(Access access, Quotas quotas, Terms terms, List<Route> routes) {
  public TenantSettings {
    routes = List.copyOf(routes);
  }

  /// The same with other keys.
  public TenantSettings withKeys(List<ApiKey> keys) {
    return new TenantSettings(access.withKeys(keys), quotas, terms, routes);
  }
}

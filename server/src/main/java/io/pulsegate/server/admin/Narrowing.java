package io.pulsegate.server.admin;

import io.pulsegate.api.TenantId;
import io.pulsegate.server.admin.Endpoint.Call;
import java.util.Optional;

/// What the query narrows a list to.
final class Narrowing {
  private Narrowing() {}

  /// The tenant that the query names, **and for a tenant's key always its own, whatever the query
  /// names.**
  static Optional<TenantId> tenant(Call call) {
    return call.caller()
        .tenant()
        .or(() ->
            call.head()
                .parameter(Endpoint.TENANT)
                .filter(text -> !text.isEmpty())
                .map(TenantId::new));
  }

  /// The parameter `limit`.
  static int limit(Call call, int otherwise, int max) {
    int limit;
    try {
      limit = call.head().parameter("limit").map(Integer::parseInt).orElse(otherwise);
    } catch (NumberFormatException e) {
      limit = 0;
    }
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException("limit must be a whole number from 1 to " + max);
    }
    return limit;
  }
}

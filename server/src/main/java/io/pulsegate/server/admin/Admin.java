package io.pulsegate.server.admin;

import io.pulsegate.ingress.http.Pages;
import java.util.ArrayList;

/// Puts the endpoints together.
public final class Admin {
  private Admin() {}

  /// The parts of the admin listener.
  public record Parts(
      Callers callers,
      TenantEndpoints tenants,
      ServerEndpoints server,
      LetterEndpoints letters,
      ReplayEndpoints replays,
      WhereEndpoints where,
      LaneEndpoints lanes,
      SqlEndpoints sql) {}

  public static Pages pages(Parts parts) {
    var endpoints = new ArrayList<Endpoint>();
    endpoints.addAll(parts.tenants().all());
    endpoints.addAll(parts.server().all());
    endpoints.addAll(parts.letters().all());
    endpoints.addAll(parts.replays().all());
    endpoints.addAll(parts.where().all());
    endpoints.addAll(parts.lanes().all());
    endpoints.addAll(parts.sql().all());
    return new AdminApi(parts.callers(), endpoints);
  }
}

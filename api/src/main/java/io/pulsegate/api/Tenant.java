package io.pulsegate.api;

/// An authenticated tenant, as intake knows it at the time of one request.
public record Tenant(LaneKey lane, Durability durability) {
  /// Its name.
  public TenantId id() {
    return lane.tenant();
  }
}

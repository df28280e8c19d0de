package io.pulsegate.core;

import io.pulsegate.api.TenantId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Bounds the label `tenant` of metrics: the first so many tenants that are seen have a label of
/// their own, the others share `other`. Any thread.
public final class TenantLabels {
  /// What all further tenants are called.
  public static final String OTHER = "other";

  private static final int TENANTS_MAX = 50;

  private final Map<TenantId, String> labels = new ConcurrentHashMap<>();

  /// The tenant's label.
  public String of(TenantId tenant) {
    String known = labels.get(tenant);
    return known != null ? known : add(tenant);
  }

  private synchronized String add(TenantId tenant) {
    if (labels.size() >= TENANTS_MAX) {
      return labels.getOrDefault(tenant, OTHER);
    }
    return labels.computeIfAbsent(tenant, TenantId::value);
  }
}

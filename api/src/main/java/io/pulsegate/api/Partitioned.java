package io.pulsegate.api;

import java.util.OptionalInt;

/// A sink whose destination is cut into partitions that events go to by their partition key.
public interface Partitioned {
  /// The partition that a tenant's next event with this partition key will go to; empty where that
  /// does not follow from the key, or the destination has not been asked yet. Any thread; never
  /// waits for anybody.
  OptionalInt partitionOf(TenantId tenant, byte[] partitionKey);
}

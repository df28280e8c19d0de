package io.pulsegate.core;

import io.pulsegate.api.EventWriter;
import io.pulsegate.log.LogConfig;
import java.nio.file.Path;
import java.util.List;

/// All that the engine is told.
///
/// @param folder the data folder; the log is in `log`, the cursors are in `cursors`
/// @param tenants may be given others while the engine runs
/// @param inFlightBytesMax bytes of requests held in memory at once
/// @param inFlightBytesPerTenantMax the same for one tenant
/// @param deduplicationBytes memory for the keys of the deduplication window
/// @param hashKey secret of the deduplication keys; must be the same at every start
/// @param retention what the log keeps though every sink has it
public record EngineConfig(
    Path folder,
    LogConfig log,
    TenantRegistry tenants,
    EventWriter.Limits limits,
    long inFlightBytesMax,
    long inFlightBytesPerTenantMax,
    long deduplicationBytes,
    DeliveryPolicy delivery,
    EventWriter.HashKey hashKey,
    RetentionPolicy retention) {
  public EngineConfig {
    if (limits.blockBytesMax() > log.maxBodyBytes()) {
      throw new IllegalArgumentException(
          "a block of up to %d bytes must fit into the log's %d"
              .formatted(limits.blockBytesMax(), log.maxBodyBytes()));
    }
    if (inFlightBytesPerTenantMax < 1 || inFlightBytesMax < inFlightBytesPerTenantMax) {
      throw new IllegalArgumentException(
          "bytes in flight of one tenant (%d) are positive and within those of all (%d)"
              .formatted(inFlightBytesPerTenantMax, inFlightBytesMax));
    }
    if (deduplicationBytes < 0) {
      throw new IllegalArgumentException(
          "deduplicationBytes is not negative, was " + deduplicationBytes);
    }
  }

  /// The same with tenants that stay as they are.
  public EngineConfig(
      Path folder,
      LogConfig log,
      List<TenantConfig> tenants,
      EventWriter.Limits limits,
      long inFlightBytesMax,
      long inFlightBytesPerTenantMax,
      long deduplicationBytes,
      DeliveryPolicy delivery,
      EventWriter.HashKey hashKey) {
    this(
        folder,
        log,
        new TenantRegistry(Tenants.of(tenants)),
        limits,
        inFlightBytesMax,
        inFlightBytesPerTenantMax,
        deduplicationBytes,
        delivery,
        hashKey,
        RetentionPolicy.defaults());
  }

  /// The same, keeping what is delivered for another time.
  public EngineConfig withRetention(RetentionPolicy policy) {
    return new EngineConfig(
        folder,
        log,
        tenants,
        limits,
        inFlightBytesMax,
        inFlightBytesPerTenantMax,
        deduplicationBytes,
        delivery,
        hashKey,
        policy);
  }
}

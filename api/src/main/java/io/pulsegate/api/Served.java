package io.pulsegate.api;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.function.Function;

/// What a reply may tell of the request beside its outcome.
///
/// @param tenant whose request it was
/// @param now when the reply is made
/// @param elapsed since the request's head was read
/// @param partitionOf the partition that an event with this partition key will go to, where a sink
///   has such and knows it
public record Served(
    Tenant tenant, Instant now, Duration elapsed, Function<byte[], OptionalInt> partitionOf) {
  /// Where no sink has partitions.
  public Served(Tenant tenant, Instant now, Duration elapsed) {
    this(tenant, now, elapsed, _ -> OptionalInt.empty());
  }
}

package io.pulsegate.core;

import io.pulsegate.api.Durability;
import java.time.Duration;

/// How a tenant is served.
///
/// @param weight its share of a sink that is short, against the other tenants' weights; 1 to 1000
/// @param durability what a positive reply to it means
/// @param replayReach how far back its events can be replayed, as far as the log still has them;
///   zero where only what other needs keep can be
public record Terms(int weight, Durability durability, Duration replayReach, Privacy privacy) {
  /// The largest weight.
  public static final int WEIGHT_MAX = 1_000;

  public Terms {
    if (weight < 1 || weight > WEIGHT_MAX || replayReach.isNegative()) {
      throw new IllegalArgumentException(
          "a weight is 1 to %d and a replay reach not negative, were %d and %s"
              .formatted(WEIGHT_MAX, weight, replayReach));
    }
  }

  /// Weight 1, no replay of its own, the standard level of privacy.
  public static Terms of(Durability durability) {
    return new Terms(1, durability, Duration.ZERO, Privacy.STANDARD);
  }
}

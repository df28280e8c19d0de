package io.pulsegate.api;

import java.nio.file.Path;
import java.time.InstantSource;

/// What a sink is given when it is made.
///
/// @param name the sink's name in the configuration
/// @param dataFolder where it may keep files of its own
/// @param memoryBytes its share of the memory setting
public record SinkContext(
    String name, Path dataFolder, long memoryBytes, InstantSource clock, Metrics metrics) {
  /// The same for a sink of another name.
  public SinkContext named(String other) {
    return new SinkContext(other, dataFolder, memoryBytes, clock, metrics);
  }
}

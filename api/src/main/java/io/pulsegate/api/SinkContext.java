package io.pulsegate.api;

import java.nio.file.Path;
import java.time.InstantSource;

/// What a sink is given when it is made.
///
/// @param name the sink's name in the configuration
/// @param dataFolder where it may keep files of its own
/// @param memoryBytes its share of the memory setting
/// @param diskKeepBytes what must stay free on the disk of the data folder, so that the log has
///   room for its next segment; nothing that can wait goes below it
public record SinkContext(
    String name,
    Path dataFolder,
    long memoryBytes,
    long diskKeepBytes,
    InstantSource clock,
    Metrics metrics) {
  /// Where no log shares the disk.
  public SinkContext(
      String name, Path dataFolder, long memoryBytes, InstantSource clock, Metrics metrics) {
    this(name, dataFolder, memoryBytes, 0, clock, metrics);
  }

  /// The same for a sink of another name.
  public SinkContext named(String other) {
    return new SinkContext(other, dataFolder, memoryBytes, diskKeepBytes, clock, metrics);
  }
}

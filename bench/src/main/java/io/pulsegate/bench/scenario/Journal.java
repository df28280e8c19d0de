package io.pulsegate.bench.scenario;

/// A durable log under measurement.
public interface Journal extends AutoCloseable {
  /// Writes the flight's body, and has [Flight#durable] or [Flight#refused] called when it is
  /// durable or never will be: on one thread at a time, one after the other. Any thread; does not
  /// wait for the disk.
  void append(Flight flight);

  /// Gives up what is durable, as under readers that keep step. Called every few milliseconds, by
  /// one thread.
  void tidy();

  /// How often it has written and synced so far; negative where it does not tell.
  long commits();

  /// Called when nothing is in flight any more.
  @Override
  void close();
}

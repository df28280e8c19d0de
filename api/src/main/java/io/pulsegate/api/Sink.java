package io.pulsegate.api;

/// Delivers batches to one destination.
///
/// [#write] is called from one thread at a time, in log order. A batch may come again after a crash
/// or an [WriteResult.Unavailable], so a sink that does not keep its cursor is idempotent on the
/// event's id. An interrupt means that the time limit passed: return soon, the caller waits for it.
/// Expected failures are results; an exception means a bug, and holds up the tenant it is thrown
/// at.
///
/// Creating a sink neither connects nor blocks: the destination may be down.
public interface Sink extends AutoCloseable {
  /// Writes every live event of the batch.
  WriteResult write(Batch batch) throws InterruptedException;

  /// Lets go of the destination. Called once, after the last [#write] has returned.
  @Override
  void close();
}

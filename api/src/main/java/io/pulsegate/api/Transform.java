package io.pulsegate.api;

/// Changes, splits, drops or refuses the events of one tenant on their way to its sinks, one at a
/// time.
///
/// Pure: the verdict depends on the event and the settings alone. The same event may come again,
/// after a crash, for another sink or in a replay, and what is done to it must be the same. A
/// transform does not wait for anything outside: it has a time limit, after which its tenant, and
/// nobody else, is held up.
///
/// One instance serves one chain of one tenant; [#apply] is called from one thread at a time, not
/// always the same. An exception counts as [Verdict.Fail], not retryable.
public interface Transform extends AutoCloseable {
  /// What becomes of the event.
  Verdict apply(TransformEvent event);

  /// Lets go of what it holds. Called once, after the last [#apply].
  @Override
  default void close() {}
}

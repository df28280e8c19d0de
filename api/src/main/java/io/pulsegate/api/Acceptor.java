package io.pulsegate.api;

import java.util.List;
import java.util.function.Consumer;

/// Takes events. Any thread; never blocks.
public interface Acceptor {
  /// Hands events over. `done` is called exactly once, on the log's thread or the caller's, and
  /// must be quick: hand the outcome on.
  void accept(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done);
}

package io.pulsegate.server.where;

import io.pulsegate.api.Verdict;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.core.LaneRules;
import io.pulsegate.server.tenants.Verdicts;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// What the present transforms make of single events, on a thread of their own: one that never
/// comes back holds up no more than the answers to later questions.
final class PresentVerdicts implements AutoCloseable {
  private static final long SECONDS = 2;

  private final LaneRules rules;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("pulsegate-where").factory());

  /// @param rules with transforms of their own
  PresentVerdicts(LaneRules rules) {
    this.rules = rules;
  }

  /// Empty where the transforms do not come back in time, or break down.
  Optional<Verdict> of(LogBlock block, int i, String sink) throws InterruptedException {
    Future<Verdict> verdict =
        thread.submit(() -> Verdicts.of(rules.wayOf(block.lane(), sink), Verdicts.event(block, i)));
    try {
      return Optional.of(verdict.get(SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      boolean _ = verdict.cancel(true);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    var _ = thread.shutdownNow();
  }
}

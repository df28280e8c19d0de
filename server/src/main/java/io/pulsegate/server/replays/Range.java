package io.pulsegate.server.replays;

import io.pulsegate.api.EventBlock;
import io.pulsegate.api.LaneKey;
import io.pulsegate.core.IngestionLog;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.core.Route.Condition;
import io.pulsegate.core.transform.RouteCondition;
import io.pulsegate.server.tenants.Verdicts;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/// The wanted events of a stretch of the log, one after the other, without those that a redrive has
/// put there once more.
///
/// @param lane the only one; empty for all
record Range(IngestionLog log, long from, long until, Optional<LaneKey> lane, Condition condition) {
  private static final int PARTITION = 0;
  private static final int POLL_BYTES = 4 << 20;

  /// What is done with each.
  @FunctionalInterface
  interface Visitor {
    /// Event `i` of a block.
    void visit(LogBlock block, int i);
  }

  /// Visits all, in order.
  ///
  /// @param stopped asked between blocks
  /// @param passed told the offset that everything is visited below
  void visit(Visitor visitor, BooleanSupplier stopped, LongConsumer passed) {
    Optional<RouteCondition> wanted =
        condition.equals(Condition.ALWAYS)
            ? Optional.empty()
            : Optional.of(new RouteCondition(condition));
    try (var reader = log.open(PARTITION, from, until, lane)) {
      while (!stopped.getAsBoolean() && reader.offset() < until) {
        List<LogBlock> blocks = reader.poll(POLL_BYTES);
        for (LogBlock block : blocks) {
          visit(block, wanted, visitor);
        }
        passed.accept(Math.min(reader.offset(), until));
        if (blocks.isEmpty()) {
          return;
        }
      }
    }
  }

  private void visit(LogBlock block, Optional<RouteCondition> wanted, Visitor visitor) {
    EventBlock events = block.block();
    if (events.target().isPresent()) {
      return;
    }
    for (int i = 0; i < events.count(); i++) {
      long offset = block.firstOffset() + i;
      if (offset >= from && offset < until && events.isLive(i)) {
        if (wanted.isEmpty() || wanted.get().test(Verdicts.event(block, i))) {
          visitor.visit(block, i);
        }
      }
    }
  }
}

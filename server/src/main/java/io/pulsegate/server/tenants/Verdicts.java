package io.pulsegate.server.tenants;

import io.pulsegate.api.Event;
import io.pulsegate.api.Transform;
import io.pulsegate.api.TransformEvent;
import io.pulsegate.api.Verdict;
import io.pulsegate.core.IngestionLog.LogBlock;
import io.pulsegate.json.JsonValue;
import io.pulsegate.json.JsonValue.JsonObject;
import java.util.Optional;

/// What transforms make of single events beside delivery, as where two pipelines are compared.
public final class Verdicts {
  private Verdicts() {}

  /// An entry of the log as transforms get it.
  public static TransformEvent event(LogBlock block, int i) {
    Event received = Event.of(block.block(), i, block.lane().tenant(), block.receivedAtMicros());
    return new TransformEvent(
        received,
        received.eventType(),
        (JsonObject) JsonValue.parse(received.payload()),
        received.partitionKey());
  }

  /// What a way makes of an event; a throw counts as it does in delivery.
  public static Verdict of(Optional<Transform> way, TransformEvent event) {
    if (way.isEmpty()) {
      return new Verdict.Keep(event);
    }
    try {
      return way.get().apply(event);
    } catch (RuntimeException e) {
      return new Verdict.Fail("transform_threw", "it threw " + e.getClass().getName(), false);
    }
  }
}

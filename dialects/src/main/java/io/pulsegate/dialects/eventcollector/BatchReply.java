package io.pulsegate.dialects.eventcollector;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Reply;
import io.pulsegate.api.Served;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/// The answer to a batch. 200 where all events were taken, 207 where some, 422 where none; those
/// that were not are among the dead letters by then. Duplicates count as accepted.
///
/// @param firstLearner of the first event handed over, which its partition follows from
/// @param taken ids of the events handed over, in their order
/// @param discarded ids of the others
record BatchReply(String batchId, String firstLearner, List<String> taken, List<String> discarded)
    implements Dialect.Answer {
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public Reply to(Outcome outcome, Served served) {
    return switch (outcome) {
      case Outcome.Accepted accepted -> Reply.json(status(), body(accepted, served));
      case Outcome.Denied denied ->
          Refusals.withDetail(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  private int status() {
    if (discarded.isEmpty()) {
      return 200;
    }
    return taken.isEmpty() ? 422 : 207;
  }

  private Bytes body(Outcome.Accepted outcome, Served served) {
    JsonWriter json = new JsonWriter(256);
    double millis = Math.round(served.elapsed().toNanos() / NANOS_PER_MILLI * 10) / 10.0;
    json.beginObject()
        .field("batch_id", batchId)
        .field("accepted_count", taken.size())
        .field("rejected_count", discarded.size())
        .field("processing_time_ms", millis)
        .name("kafka_partition");
    OptionalInt partition =
        taken.isEmpty()
            ? OptionalInt.empty()
            : served.partitionOf().apply(firstLearner.getBytes(StandardCharsets.UTF_8));
    if (partition.isPresent()) {
      json.value(partition.getAsInt());
    } else {
      json.nullValue();
    }
    json.name("dlq_events").beginArray();
    discarded.forEach(json::value);
    json.endArray().name("warnings").beginArray();
    for (int place : outcome.duplicates()) {
      boolean conflict = outcome.conflicts().contains(place);
      json.value(
          "event %s was received before and is kept once%s"
              .formatted(
                  taken.get(place), conflict ? ", as it came first: its content differs" : ""));
    }
    json.endArray().endObject();
    return Bytes.of(json.toByteArray());
  }
}

package io.pulsegate.server.replays;

import io.pulsegate.core.ReplayStatus;
import io.pulsegate.core.delivery.Replay;
import io.pulsegate.json.JsonWriter;
import java.util.List;
import java.util.Optional;

/// A stretch on its way into one or more sinks.
final class Delivered implements Work {
  private final List<Replay> replays;

  Delivered(List<Replay> replays) {
    this.replays = List.copyOf(replays);
  }

  @Override
  public JsonWriter result() {
    var json = new JsonWriter().beginObject().name("sinks").beginArray();
    for (Replay replay : replays) {
      ReplayStatus status = replay.status();
      json.beginObject()
          .field("sink", status.sink())
          .field("from", status.from())
          .field("until", status.until())
          .field("position", status.position())
          .field("delivered", status.delivered())
          .field("dead_lettered", status.deadLettered())
          .field("passed_over", status.passedOver())
          .field("done", status.isDone())
          .field("reason", status.reason())
          .endObject();
    }
    return json.endArray().endObject();
  }

  @Override
  public int percent() {
    long done = 0;
    long all = 0;
    for (Replay replay : replays) {
      ReplayStatus status = replay.status();
      done += Math.max(0, status.position() - status.from());
      all += status.until() - status.from();
    }
    return all == 0 ? 100 : (int) Math.min(100, 100 * done / all);
  }

  @Override
  public boolean isDone() {
    return replays.stream().allMatch(replay -> replay.status().isDone());
  }

  @Override
  public Optional<String> failure() {
    return replays.stream()
        .filter(Replay::hasFailed)
        .findFirst()
        .map(replay -> replay.status().sink() + ": " + replay.status().reason());
  }

  @Override
  public String waitsFor() {
    return replays.stream()
        .map(Replay::status)
        .filter(status -> !status.isDone() && !status.reason().isEmpty())
        .findFirst()
        .map(status -> status.sink() + ": " + status.reason())
        .orElse("");
  }

  @Override
  public void stop() {
    replays.forEach(Replay::close);
  }
}

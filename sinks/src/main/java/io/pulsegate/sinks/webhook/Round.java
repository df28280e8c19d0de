package io.pulsegate.sinks.webhook;

import io.pulsegate.api.Rejection;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// One write: its messages, sent by a few workers at once.
///
/// A track is what must go in order: a tenant's messages, or a single one where order is not asked
/// for. Workers take tracks in turn, a message each time, so that a tenant with many does not hold
/// up the others. The first failure ends the round, as all tenants have the same endpoint.
final class Round {
  private final List<LaneDelivery> lanes;
  private final Sender sender;
  private final Tried tried;
  private final long deadlineNanos;
  private final Deque<Track> waiting = new ArrayDeque<>();
  private Optional<Unavailable> failure = Optional.empty();

  private record Track(LaneDelivery lane, Deque<Message> messages) {}

  /// Sends one message; blocking.
  @FunctionalInterface
  interface Sender {
    Verdict send(Message message) throws InterruptedException;
  }

  /// @param deadlineNanos after which no message is begun, of System.nanoTime()
  Round(
      List<LaneDelivery> lanes,
      WebhookConfig config,
      Sender sender,
      Tried tried,
      long deadlineNanos) {
    this.lanes = lanes;
    this.sender = sender;
    this.tried = tried;
    this.deadlineNanos = deadlineNanos;
    for (LaneDelivery lane : lanes) {
      List<Message> messages = lane.messages(config.batchEventsMax(), config.batchBytesMax());
      if (config.ordered()) {
        waiting.add(new Track(lane, new ArrayDeque<>(messages)));
      } else {
        messages.forEach(each -> waiting.add(new Track(lane, new ArrayDeque<>(List.of(each)))));
      }
    }
  }

  /// Sends until all is sent, something fails, or the time is over.
  WriteResult run(int workers) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      int count = Math.min(workers, waiting.size());
      for (int i = 0; i < count; i++) {
        running.add(
            threads.submit(() -> {
              work();
              return true;
            }));
      }
      try {
        for (Future<?> each : running) {
          Object _ = each.get();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("sending failed by a bug: " + e.getCause(), e.getCause());
      } finally {
        threads.shutdownNow();
      }
    }
    return result();
  }

  private synchronized WriteResult result() {
    if (failure.isPresent()) {
      return failure.get();
    }
    if (lanes.stream().allMatch(LaneDelivery::isDone)) {
      tried.delivered(lanes.stream().map(LaneDelivery::lane).toList());
      return new WriteResult.Delivered();
    }
    return new WriteResult.Mixed(lanes.stream().map(LaneDelivery::result).toList());
  }

  private void work() throws InterruptedException {
    for (Optional<Track> next = take(); next.isPresent(); next = take()) {
      Track track = next.get();
      Message message = track.messages().remove();
      tried.tried(track.lane().lane(), message);
      settle(track, message, sender.send(message));
    }
  }

  private synchronized Optional<Track> take() {
    while (failure.isEmpty() && System.nanoTime() - deadlineNanos < 0) {
      Track track = waiting.poll();
      if (track == null) {
        return Optional.empty();
      }
      if (!track.messages().isEmpty()) {
        return Optional.of(track);
      }
    }
    return Optional.empty();
  }

  private synchronized void settle(Track track, Message message, Verdict verdict) {
    LaneDelivery lane = track.lane();
    switch (verdict) {
      case Verdict.Taken _ -> {
        tried.taken(lane.lane(), message);
        waiting.add(track);
      }
      case Verdict.Failed failed -> failure = Optional.of(failed.unavailable());
      case Verdict.Refused refused -> {
        tried.forget(lane.lane(), message);
        if (message.entries().size() > 1) {
          message.halves().reversed().forEach(track.messages()::addFirst);
          waiting.addFirst(track);
        } else {
          // The track ends here: what follows comes when this one is a dead letter.
          lane.reject(
              new Rejection(
                  message.entries().getFirst().offset(), refused.code(), refused.reason()));
        }
      }
    }
  }
}

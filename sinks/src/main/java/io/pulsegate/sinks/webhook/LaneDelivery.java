package io.pulsegate.sinks.webhook;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult.SliceResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// One slice of a write while its messages are being sent. Any thread.
final class LaneDelivery {
  private final Slice slice;
  private final List<Entry> entries;
  private final Tried tried;
  private final TreeMap<Long, Rejection> rejections = new TreeMap<>();

  LaneDelivery(Slice slice, Tried tried) {
    this.slice = slice;
    this.entries = Entry.of(slice);
    this.tried = tried;
  }

  LaneKey lane() {
    return slice.lane();
  }

  /// What is to be sent, in order: as it was put together when it was tried before, else up to the
  /// limits.
  List<Message> messages(int eventsMax, long bytesMax) {
    List<Message> messages = new ArrayList<>();
    List<Entry> current = new ArrayList<>();
    long bytes = 0;
    OptionalLong last = OptionalLong.empty();
    for (Entry entry : entries) {
      if (tried.isTaken(lane(), entry.offset())) {
        flush(current, messages);
        continue;
      }
      int size = entry.block().payloadLength(entry.index());
      OptionalLong known = tried.lastOfMessageFrom(lane(), entry.offset());
      boolean beyond = last.isPresent() && entry.offset() > last.getAsLong();
      boolean full = last.isEmpty() && (current.size() >= eventsMax || bytes + size > bytesMax);
      if (!current.isEmpty() && (beyond || full || known.isPresent())) {
        flush(current, messages);
      }
      if (current.isEmpty()) {
        last = known;
        bytes = 0;
      }
      current.add(entry);
      bytes += size;
    }
    flush(current, messages);
    return messages;
  }

  private void flush(List<Entry> current, List<Message> messages) {
    if (!current.isEmpty()) {
      messages.add(new Message(slice.tenant(), current));
      current.clear();
    }
  }

  synchronized void reject(Rejection rejection) {
    rejections.put(rejection.offset(), rejection);
  }

  synchronized boolean hasRejections() {
    return !rejections.isEmpty();
  }

  /// Delivered up to the first event that the endpoint does not have.
  synchronized SliceResult result() {
    for (Entry entry : entries) {
      if (!tried.isTaken(lane(), entry.offset())) {
        return new SliceResult(entry.offset(), List.copyOf(rejections.values()), Optional.empty());
      }
    }
    return SliceResult.delivered(slice);
  }

  /// Whether the endpoint has all of it.
  boolean isDone() {
    return entries.stream().allMatch(entry -> tried.isTaken(lane(), entry.offset()));
  }
}

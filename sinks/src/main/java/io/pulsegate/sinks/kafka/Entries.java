package io.pulsegate.sinks.kafka;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.EventCursor;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The live events of a batch, by index, and what has become of each. Several may stand for one
/// entry of the log, where a transform has split it.
///
/// An index is settled by the producer's thread while a round of sending is under way and by the
/// writing thread otherwise; the end of the round hands them over.
final class Entries {
  private static final Failure NO_TOPIC =
      new Failure.Rejected("INVALID_TOPIC", "the topic's template gives no name of a topic");

  private final Batch batch;
  private final CursorKey key;
  private final String[] topics;
  private final long[] offsets;
  private final int[] slices;
  private final int[] tries;
  private final boolean[] acknowledged;
  private final @Nullable Failure[] failures;

  /// Index of the entry by slice that its topic refuses; nothing is sent from there on.
  private final int[] refusedAt;

  private final boolean oneTopic;

  Entries(Batch batch, Template topic, Acknowledged before) {
    int events = batch.events();
    this.batch = batch;
    this.key = batch.cursor().key();
    this.topics = new String[events];
    this.offsets = new long[events];
    this.slices = new int[events];
    this.tries = new int[events];
    this.acknowledged = new boolean[events];
    this.failures = new Failure[events];
    this.refusedAt = new int[batch.slices().size()];
    Arrays.fill(refusedAt, Integer.MAX_VALUE);
    this.oneTopic = topic.isConstant();
    int i = 0;
    int slice = 0;
    var names = new HashMap<String, String>();
    for (EventCursor event = batch.cursorOverEvents(); event.next(); i++) {
      while (!event.slice().lane().equals(batch.slices().get(slice).lane())) {
        slice++;
      }
      offsets[i] = event.offset();
      slices[i] = slice;
      String name = oneTopic ? topic.toString() : nameOf(topic, event);
      topics[i] = names.computeIfAbsent(name, same -> same);
      acknowledged[i] = !before.isEmpty() && before.contains(key, event.slice().lane(), offsets[i]);
      if (!oneTopic && !TopicName.isLegal(name)) {
        failures[i] = NO_TOPIC;
      }
    }
  }

  private static String nameOf(Template topic, EventCursor event) {
    return topic.of(event).map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse("");
  }

  int count() {
    return offsets.length;
  }

  String topic(int i) {
    return topics[i];
  }

  /// Whether all topics are one, so that what is wrong with it is wrong for everybody.
  boolean hasOneTopic() {
    return oneTopic;
  }

  /// Topics of what is still to be sent.
  Set<String> topicsToSend() {
    var names = new HashSet<String>();
    for (int i = 0; i < count(); i++) {
      if (isToSend(i)) {
        names.add(topics[i]);
      }
    }
    return names;
  }

  /// Whether an entry is still to be sent. **Nothing is sent of a tenant behind an entry that its
  /// topic refuses: it would overtake it.**
  boolean isToSend(int i) {
    return !acknowledged[i] && failures[i] == null && i < refusedAt[slices[i]];
  }

  void acknowledge(int i) {
    acknowledged[i] = true;
  }

  void fail(int i, Failure failure) {
    failures[i] = failure;
  }

  Optional<Failure> failure(int i) {
    return Optional.ofNullable(failures[i]);
  }

  boolean isAcknowledged(int i) {
    return acknowledged[i];
  }

  /// Lets an entry be sent again.
  ///
  /// @return how often it has failed
  int again(int i, boolean counts) {
    failures[i] = null;
    return counts ? ++tries[i] : tries[i];
  }

  /// Ends the slice at this entry, which its topic refuses.
  void block(int i) {
    refusedAt[slices[i]] = Math.min(refusedAt[slices[i]], i);
  }

  /// How many are acknowledged, rejected, or refused by their topic.
  int settled() {
    int settled = 0;
    for (int i = 0; i < count(); i++) {
      if (acknowledged[i]
          || failures[i] instanceof Failure.Rejected
          || failures[i] instanceof Failure.TopicRefused) {
        settled++;
      }
    }
    return settled;
  }

  /// Whether one has failed for a reason that may be its own.
  boolean hasUnclear() {
    return Arrays.stream(failures).anyMatch(Failure.Unclear.class::isInstance);
  }

  /// The result, where the brokers took all they were asked to.
  ///
  /// @param comesAgain takes what they have of entries that come again
  WriteResult result(Acknowledged comesAgain) {
    List<List<Rejection>> rejections = new ArrayList<>();
    List<Optional<Unavailable>> unavailable = new ArrayList<>();
    long[] ends = new long[batch.slices().size()];
    for (int s = 0; s < ends.length; s++) {
      rejections.add(new ArrayList<>());
      unavailable.add(Optional.empty());
      ends[s] = batch.slices().get(s).endOffset();
    }
    boolean whole = true;
    for (int i = 0; i < count(); i++) {
      int s = slices[i];
      if (!acknowledged[i]) {
        whole = false;
        ends[s] = Math.min(ends[s], offsets[i]);
      }
      Failure failure = failures[i];
      if (failure instanceof Failure.Rejected(String code, String reason)) {
        List<Rejection> ofSlice = rejections.get(s);
        if (ofSlice.isEmpty() || ofSlice.getLast().offset() != offsets[i]) {
          ofSlice.add(new Rejection(offsets[i], code, reason));
        }
      } else if (failure != null && unavailable.get(s).isEmpty()) {
        unavailable.set(s, Optional.of(Failure.unavailable(failure)));
      }
    }
    if (whole) {
      return new WriteResult.Delivered();
    }
    remember(comesAgain, ends);
    List<SliceResult> results = new ArrayList<>();
    for (int s = 0; s < ends.length; s++) {
      results.add(new SliceResult(ends[s], rejections.get(s), unavailable.get(s)));
    }
    return new WriteResult.Mixed(results);
  }

  /// What the brokers have of a write that failed: all of it comes again.
  void keepAll(Acknowledged comesAgain) {
    remember(comesAgain, batch.slices().stream().mapToLong(Slice::firstOffset).toArray());
  }

  /// An entry that a transform has split into several events counts when all of them are there.
  private void remember(Acknowledged comesAgain, long[] ends) {
    for (int i = 0; i < count(); ) {
      int next = i;
      boolean whole = true;
      for (; next < count() && slices[next] == slices[i] && offsets[next] == offsets[i]; next++) {
        whole &= acknowledged[next];
      }
      if (whole && offsets[i] >= ends[slices[i]]) {
        comesAgain.add(key, batch.slices().get(slices[i]).lane(), offsets[i]);
      }
      i = next;
    }
  }

  /// What is wrong with topics, laid on the entries.
  void refuse(Map<String, Failure> refused) {
    for (int i = 0; i < count(); i++) {
      Failure failure = refused.get(topics[i]);
      if (failure != null && isToSend(i)) {
        failures[i] = failure;
        block(i);
      }
    }
  }

  /// The events themselves, in the order of the indexes.
  EventCursor events() {
    return batch.cursorOverEvents();
  }
}

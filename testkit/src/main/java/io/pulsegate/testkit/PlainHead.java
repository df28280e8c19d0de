package io.pulsegate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorMove;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Rejection;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Slice;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.SliceResult;
import io.pulsegate.api.WriteResult.Unavailable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Does with a sink that keeps no cursor what the head does with it, one batch at a time, and holds
/// each answer against what [WriteResult] allows.
public final class PlainHead {
  private static final int WRITES_MAX = 1_000;

  private final CursorKey key;
  private final Sink sink;
  private final List<Rejection> dead = new ArrayList<>();
  private final Map<LaneKey, Slice> fallen = new LinkedHashMap<>();
  private int writes;

  public PlainHead(CursorKey key, Sink sink) {
    this.key = key;
    this.sink = sink;
  }

  /// What the sink will never take.
  public List<Rejection> dead() {
    return dead;
  }

  /// What is left of the tenants that the destination does not take now.
  public Map<LaneKey, Slice> fallen() {
    return fallen;
  }

  /// Writes a batch, and again what the answers leave of it.
  ///
  /// @return set where the destination cannot take anything now
  public Optional<Unavailable> settle(Batch batch) throws InterruptedException {
    return settle(batch.slices());
  }

  /// The same for slices, such as those of [#fallen].
  public Optional<Unavailable> settle(List<Slice> slices) throws InterruptedException {
    List<Slice> rest = slices;
    while (!rest.isEmpty()) {
      assertThat(++writes).as("writes until the batch is settled").isLessThan(WRITES_MAX);
      switch (sink.write(batch(rest))) {
        case WriteResult.Delivered() -> rest = List.of();
        case WriteResult.Mixed mixed -> rest = afterMixed(rest, mixed);
        case WriteResult.Refused refused -> {
          return afterRefused(rest, refused);
        }
        case Unavailable unavailable -> {
          return Optional.of(unavailable);
        }
        case WriteResult.Fenced fenced ->
            throw new AssertionError("a sink that keeps no cursor was fenced: " + fenced);
      }
    }
    return Optional.empty();
  }

  /// A batch of these slices; its cursor begins with their lowest offset.
  public Batch batch(List<Slice> slices) {
    long from = slices.stream().mapToLong(Slice::firstOffset).min().orElse(0);
    long to = slices.stream().mapToLong(Slice::endOffset).max().orElse(0);
    var move = new CursorMove(key, CursorRecord.startingAt(from), CursorRecord.startingAt(to));
    return new Batch(key.partition(), slices, move);
  }

  private List<Slice> afterMixed(List<Slice> slices, WriteResult.Mixed mixed) {
    assertThat(mixed.slices()).as("one result per slice").hasSameSizeAs(slices);
    List<Slice> rest = new ArrayList<>();
    boolean progress = false;
    for (int i = 0; i < slices.size(); i++) {
      Slice slice = slices.get(i);
      SliceResult result = mixed.slices().get(i);
      check(slice, result);
      dead.addAll(result.rejections());
      Optional<Slice> left =
          Slices.from(slice, result.deliveredEnd())
              .flatMap(part -> Slices.without(part, result.rejections()));
      progress |=
          !result.rejections().isEmpty()
              || result.unavailable().isPresent()
              || left.map(Slice::events).orElse(0) < slice.events();
      if (result.unavailable().isPresent()) {
        left.ifPresent(part -> fallen.put(slice.lane(), part));
      } else {
        left.ifPresent(rest::add);
      }
    }
    assertThat(progress).as("the sink delivered nothing and named no reason").isTrue();
    return rest;
  }

  private static void check(Slice slice, SliceResult result) {
    assertThat(result.deliveredEnd())
        .as("deliveredEnd lies within its slice")
        .isBetween(slice.firstOffset(), slice.endOffset());
    assertThat(result.rejections())
        .as("rejections are live entries of the slice, at or above deliveredEnd, with a code")
        .allSatisfy(rejection -> {
          assertThat(rejection.offset()).isGreaterThanOrEqualTo(result.deliveredEnd());
          assertThat(Slices.liveOffsets(slice)).contains(rejection.offset());
          assertThat(rejection.code()).isNotBlank();
          assertThat(rejection.reason()).isNotBlank();
        });
    assertThat(result.rejections()).extracting(Rejection::offset).doesNotHaveDuplicates();
  }

  private Optional<Unavailable> afterRefused(List<Slice> slices, WriteResult.Refused refused)
      throws InterruptedException {
    assertThat(refused.code()).isNotBlank();
    List<Long> live = slices.stream().flatMap(slice -> Slices.liveOffsets(slice).stream()).toList();
    assertThat(live).as("a refused batch holds an event").isNotEmpty();
    List<List<Slice>> parts = new ArrayList<>();
    if (slices.size() > 1) {
      slices.forEach(slice -> parts.add(List.of(slice)));
    } else if (live.size() > 1) {
      long middle = live.get(live.size() / 2);
      Slices.below(slices.getFirst(), middle).ifPresent(part -> parts.add(List.of(part)));
      Slices.from(slices.getFirst(), middle).ifPresent(part -> parts.add(List.of(part)));
    } else {
      dead.add(new Rejection(live.getFirst(), refused.code(), refused.reason()));
    }
    for (List<Slice> part : parts) {
      Optional<Unavailable> unavailable = settle(part);
      if (unavailable.isPresent()) {
        return unavailable;
      }
    }
    return Optional.empty();
  }
}

package io.pulsegate.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// One random list of actions against the log and against a list in memory. The seed is the
/// parameter; seeds that once failed stay in the list.
class ModelTest {
  private record Stored(
      long offset, int count, String lane, ByteBuffer body, Admitted live, long micros) {
    long end() {
      return offset + count;
    }
  }

  private final SimulatedDisk disk = new SimulatedDisk();
  private final List<Stored> model = new ArrayList<>();
  private final Map<String, Totals> lanes = new HashMap<>();
  private long nowSeconds = 1000;
  private long lastMicros;
  private Totals totals = Totals.ZERO;
  private long trimmed;
  private final Map<String, Long> behind = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void behavesLikeAList(long seed) {
    var random = new SplittableRandom(seed);
    var config =
        new LogConfig(random.nextInt(20, 200) << 10, 32 << 10, 16 << 10, 1 << 20, 128 << 10, 4096)
            .withRecycle(seed % 2 == 0)
            .withPrepare(seed % 4 == 0);
    SegmentedLog log = open(config);
    try {
      for (int step = 0; step < 150; step++) {
        switch (random.nextInt(14)) {
          case 0 -> {
            log.close();
            log = open(config);
          }
          case 1 -> {
            disk.kill();
            log.close();
            log = open(config);
          }
          case 2 -> {
            long below = random.nextLong(log.end() + 2);
            log.trim(below);
            trimmed = Math.max(trimmed, below);
            behind.replaceAll((_, from) -> Math.max(from, below));
          }
          case 12 -> release(log, random);
          case 3 -> checkReading(log, random);
          case 4 -> checkTotals(log, random);
          case 5 -> checkTimes(log, random);
          default -> append(log, random);
        }
        checkEnds(log);
      }
      checkReading(log, random);
    } finally {
      log.close();
    }
  }

  private SegmentedLog open(LogConfig config) {
    long end = model.isEmpty() ? 0 : model.getLast().end();
    SegmentedLog log = Logs.open(config, disk, () -> Instant.ofEpochSecond(nowSeconds));
    assertThat(log.endAtOpen()).isEqualTo(end);
    return log;
  }

  /// Lanes fall behind where the others are past, go on, and catch up: each finds all that is its
  /// own.
  private void release(SegmentedLog log, SplittableRandom random) {
    long below = Math.max(trimmed, random.nextLong(log.end() + 1));
    behind.replaceAll(
        (_, from) -> random.nextInt(3) == 0 ? from : random.nextLong(from, below + 1));
    behind.values().removeIf(from -> from >= below);
    String lane = "lane" + random.nextInt(7);
    if (trimmed < below && random.nextBoolean()) {
      behind.putIfAbsent(lane, random.nextLong(trimmed, below));
    }
    var _ = log.release(new Needs(below, behind, Long.MAX_VALUE, 0, random.nextInt(1, 5) / 4.0));
    trimmed = below;
    behind.forEach((name, from) -> checkLane(log, name, from));
  }

  private void checkLane(SegmentedLog log, String lane, long from) {
    assertThat(
            Logs.read(log.reader(from, Optional.of(lane))).stream()
                .map(Frame::firstOffset)
                .toList())
        .as("%s from %d", lane, from)
        .isEqualTo(
            model.stream()
                .filter(stored -> stored.lane().equals(lane) && stored.end() > from)
                .map(Stored::offset)
                .toList());
  }

  private void append(SegmentedLog log, SplittableRandom random) {
    nowSeconds += random.nextInt(-2, 5);
    int group = random.nextInt(1, 30);
    var appends = new ArrayList<TestAppend>();
    var lives = new ArrayList<Admitted>();
    for (int i = 0; i < group; i++) {
      byte[] body = new byte[random.nextInt(8) == 0 ? random.nextInt(16_000) : random.nextInt(300)];
      random.nextBytes(body);
      int count = random.nextInt(6) == 0 ? random.nextInt(1, 65_536) : random.nextInt(1, 50);
      Admitted live =
          random.nextInt(10) == 0
              ? Admitted.NOTHING
              : new Admitted(random.nextInt(1, count + 1), body.length);
      lives.add(live);
      appends.add(new TestAppend("lane" + random.nextInt(7), body, count, _ -> live));
      assertThat(log.append(appends.getLast())).isTrue();
    }
    for (int i = 0; i < group; i++) {
      enter(appends.get(i), lives.get(i));
    }
  }

  private void enter(TestAppend append, Admitted live) {
    if (!(append.await() instanceof TestAppend.Outcome.Durable(long offset, long micros))) {
      throw new AssertionError("refused: " + append.await());
    }
    assertThat(micros).isGreaterThanOrEqualTo(lastMicros);
    lastMicros = micros;
    if (live.entries() == 0) {
      assertThat(offset).isEqualTo(-1);
      return;
    }
    assertThat(offset).isGreaterThanOrEqualTo(model.isEmpty() ? 0 : model.getLast().end());
    model.add(new Stored(offset, append.count(), append.lane(), append.body(), live, micros));
    lanes.merge(append.lane(), Totals.ZERO.plus(live), (had, _) -> had.plus(live));
    totals = totals.plus(live);
  }

  private void checkEnds(SegmentedLog log) {
    assertThat(log.end()).isEqualTo(model.isEmpty() ? 0 : model.getLast().end());
    assertThat(log.totals()).isEqualTo(totals);
    lanes.forEach((lane, value) -> assertThat(log.totals(lane)).isEqualTo(value));
    assertThat(log.start()).as("nothing goes that was not trimmed").isLessThanOrEqualTo(kept());
    assertThat(log.stats().pendingBytes()).isZero();
  }

  /// The first offset that must still be there.
  private long kept() {
    return model.stream()
        .filter(stored -> stored.end() > trimmed)
        .mapToLong(Stored::offset)
        .findFirst()
        .orElse(Long.MAX_VALUE);
  }

  private void checkReading(SegmentedLog log, SplittableRandom random) {
    long from = Math.max(log.start(), random.nextLong(log.end() + 2));
    long until = random.nextBoolean() ? Long.MAX_VALUE : from + 1 + random.nextLong(log.end() + 2);
    Optional<String> lane =
        random.nextBoolean() ? Optional.empty() : Optional.of("lane" + random.nextInt(8));
    List<Stored> expected =
        model.stream()
            .filter(stored -> stored.offset() >= log.start())
            .filter(stored -> stored.end() > from && stored.offset() < until)
            .filter(stored -> lane.isEmpty() || lane.get().equals(stored.lane()))
            .toList();
    List<Frame> found = Logs.read(log.reader(from, lane, until));
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      Frame frame = found.get(i);
      Stored stored = expected.get(i);
      assertThat(frame.firstOffset()).isEqualTo(stored.offset());
      assertThat(frame.count()).isEqualTo(stored.count());
      assertThat(frame.lane()).isEqualTo(stored.lane());
      assertThat(frame.receivedMicros()).isEqualTo(stored.micros());
      assertThat(frame.live()).isEqualTo(stored.live());
      assertThat(frame.body()).isEqualTo(stored.body());
    }
  }

  private void checkTotals(SegmentedLog log, SplittableRandom random) {
    long offset =
        Math.max(log.start(), random.nextBoolean() ? log.end() : random.nextLong(log.end() + 2));
    long counted = Math.max(offset, log.start());
    Map<String, Totals> expected = new HashMap<>();
    for (Stored stored : model) {
      if (stored.end() <= counted) {
        expected.merge(
            stored.lane(), Totals.ZERO.plus(stored.live()), (had, _) -> had.plus(stored.live()));
      }
    }
    assertThat(log.totalsAt(offset)).isEqualTo(expected);
  }

  private void checkTimes(SegmentedLog log, SplittableRandom random) {
    long seconds = 998 + random.nextLong(nowSeconds - 990);
    OptionalLong expected =
        model.stream()
            .filter(stored -> stored.offset() >= log.start())
            .filter(stored -> stored.micros() >= seconds * 1_000_000)
            .mapToLong(Stored::offset)
            .findFirst();
    assertThat(log.offsetAt(Instant.ofEpochSecond(seconds))).isEqualTo(expected);
  }
}

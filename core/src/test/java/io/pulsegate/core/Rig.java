package io.pulsegate.core;

import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Sink;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.log.LogConfig;
import io.pulsegate.log.SimulatedDisk;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

/// An engine on simulated disks with small limits, and short ways to feed it.
public final class Rig implements AutoCloseable {
  /// Segments of 128 KiB, commits of 64 KiB, bodies of up to 32 KiB.
  public static final LogConfig LOG =
      new LogConfig(128 << 10, 64 << 10, 32 << 10, 1 << 20, 256 << 10, 4096);

  public static final DeliveryPolicy FAST =
      new DeliveryPolicy(
          100,
          64 << 10,
          Duration.ofSeconds(20),
          Duration.ofNanos(200_000),
          Duration.ofMillis(2),
          3,
          Duration.ofMillis(2));

  private static final EventWriter.Limits LIMITS = new EventWriter.Limits(8 << 10, 32 << 10);

  // Held on to, because the logging system would forget loggers and their level.
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("io.pulsegate.log"), Logger.getLogger("io.pulsegate.core"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.OFF));
  }

  /// One event to be sent.
  public record Sent(String id, String type, String payload, String idempotencyKey, String time) {
    public Sent(String id, String type) {
      this(id, type, "{\"id\":\"" + id + "\"}", "");
    }

    public Sent(String id, String type, String payload, String idempotencyKey) {
      this(id, type, payload, idempotencyKey, "");
    }
  }

  public final SimulatedDisk logDisk;
  public final SimulatedDisk cursorDisk;
  public final MemoryDeadLetters letters;
  public final Engine engine;

  public Rig(Map<String, Sink> sinks) {
    this(
        new SimulatedDisk(), new SimulatedDisk(), new MemoryDeadLetters(), sinks, FAST, 1 << 20, 1);
  }

  public Rig(Map<String, Sink> sinks, DeliveryPolicy policy, long deduplicationBytes) {
    this(
        new SimulatedDisk(),
        new SimulatedDisk(),
        new MemoryDeadLetters(),
        sinks,
        policy,
        deduplicationBytes,
        1);
  }

  public Rig(
      SimulatedDisk logDisk,
      SimulatedDisk cursorDisk,
      MemoryDeadLetters letters,
      Map<String, Sink> sinks,
      DeliveryPolicy policy,
      long deduplicationBytes,
      long seed) {
    this(logDisk, cursorDisk, letters, sinks, LaneRules.NONE, policy, deduplicationBytes, seed);
  }

  public Rig(Map<String, Sink> sinks, LaneRules rules) {
    this(sinks, rules, FAST);
  }

  public Rig(Map<String, Sink> sinks, LaneRules rules, DeliveryPolicy policy) {
    this(sinks, rules, policy, 1 << 20);
  }

  public Rig(
      Map<String, Sink> sinks, LaneRules rules, DeliveryPolicy policy, long deduplicationBytes) {
    this(
        new SimulatedDisk(),
        new SimulatedDisk(),
        new MemoryDeadLetters(),
        sinks,
        rules,
        policy,
        deduplicationBytes,
        1);
  }

  private Rig(
      SimulatedDisk logDisk,
      SimulatedDisk cursorDisk,
      MemoryDeadLetters letters,
      Map<String, Sink> sinks,
      LaneRules rules,
      DeliveryPolicy policy,
      long deduplicationBytes,
      long seed) {
    this.logDisk = logDisk;
    this.cursorDisk = cursorDisk;
    this.letters = letters;
    var config =
        new EngineConfig(
                Path.of("unused"),
                LOG,
                IntStream.range(0, 10).mapToObj(Rig::config).toList(),
                LIMITS,
                1 << 20,
                256 << 10,
                deduplicationBytes,
                policy,
                new EventWriter.HashKey(1, 2))
            .withRetention(RetentionPolicy.NONE);
    this.engine =
        Engine.start(
            config,
            new Engine.Disks(logDisk, cursorDisk),
            sinks,
            rules,
            letters,
            Metrics.NONE,
            InstantSource.system(),
            new SplittableRandom(seed));
  }

  private static TenantConfig config(int number) {
    return new TenantConfig(
        new TenantId("t" + number),
        1,
        List.of(KeyHash.of("key" + number)),
        number == 9 ? Durability.MEMORY : Durability.DISK);
  }

  /// The same disks, dead letters and sinks, after this engine was closed.
  public Rig restarted(Map<String, Sink> sinks, long deduplicationBytes, long seed) {
    return new Rig(logDisk, cursorDisk, letters, sinks, FAST, deduplicationBytes, seed);
  }

  public Tenant tenant(int number) {
    return engine.intake().authenticate("key" + number).orElseThrow();
  }

  /// Hands one request over and waits for its outcome.
  public Outcome send(int tenant, List<Sent> events) {
    return sendLater(tenant, events).join();
  }

  /// One request with one event per id, of type `ok`.
  public Outcome send(int tenant, String... ids) {
    return send(tenant, List.of(ids).stream().map(id -> new Sent(id, "ok")).toList());
  }

  public CompletableFuture<Outcome> sendLater(int tenant, List<Sent> events) {
    var outcome = new CompletableFuture<Outcome>();
    engine.intake().accept(tenant(tenant), blocks(tenant, events), outcome::complete);
    return outcome;
  }

  public List<EventBlock> blocks(int tenant, List<Sent> events) {
    EventWriter writer = engine.intake().writer(tenant(tenant), Source.HTTP, "test", 1_000);
    var draft = new EventDraft();
    int index = 0;
    for (Sent event : events) {
      byte[] payload = event.payload().getBytes(StandardCharsets.UTF_8);
      draft.begin(payload, 0, payload.length);
      byte[] type = event.type().getBytes(StandardCharsets.UTF_8);
      draft.type(type, 0, type.length);
      byte[] id = event.id().getBytes(StandardCharsets.UTF_8);
      draft.id(id, 0, id.length);
      byte[] key = event.idempotencyKey().getBytes(StandardCharsets.UTF_8);
      draft.idempotencyKey(key, 0, key.length);
      byte[] time = event.time().getBytes(StandardCharsets.UTF_8);
      draft.timeText(time, 0, time.length);
      if (writer.add(draft, index++).isPresent()) {
        throw new IllegalArgumentException("refused: " + event);
      }
    }
    return writer.finish();
  }

  public SinkStatus sink(String name) {
    return engine.sinks().stream()
        .filter(sink -> sink.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// Waits until the sink has settled everything in the log, stragglers too.
  public void awaitSettled(String name) {
    Await.until(
        () -> {
          SinkStatus status = sink(name);
          return status.head() >= engine.log().end(0) && status.stragglers().isEmpty();
        },
        () -> "log end " + engine.log().end(0) + ", " + sink(name));
  }

  /// Ids `prefix0` and so on.
  public static List<Sent> many(String prefix, int count, String type) {
    var events = new ArrayList<Sent>();
    for (int i = 0; i < count; i++) {
      events.add(new Sent(prefix + i, type));
    }
    return events;
  }

  @Override
  public void close() {
    engine.close();
  }
}

package io.pulsegate.server.replays;

import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.Replayable.Present;
import io.pulsegate.api.Sink;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Engine;
import io.pulsegate.core.ReplaySpec;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.delivery.Replay;
import io.pulsegate.json.JsonWriter;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.replays.ReplayRequest.Kind;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.ReplayRows;
import io.pulsegate.server.state.ReplayRows.Row;
import io.pulsegate.server.state.ReplayRows.State;
import io.pulsegate.server.state.StateException;
import io.pulsegate.server.tenants.TenantRules;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Starts, holds, resumes and ends replays, and brings those that were under way back after a
/// restart. Any thread.
///
/// **A replay reaches no sink beyond the place where everything is settled**: what is behind it is
/// on its way already.
public final class Replays implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger("io.pulsegate.server");
  private static final long LOOK_MILLIS = 200;
  private static final int PARTITION = 0;
  private static final int EVENTS_PER_SECOND_MAX = 1_000_000;

  private final Engine engine;
  private final Map<String, Sink> sinks;
  private final TenantRules rules;
  private final TenantDocuments documents;
  private final ReplayRows rows;
  private final InstantSource clock;
  private final Map<Long, Work> running = new HashMap<>(); // guarded by this
  private final CountDownLatch closed = new CountDownLatch(1);

  /// @param sinks the live ones, by name
  public Replays(
      Engine engine,
      Map<String, Sink> sinks,
      TenantRules rules,
      TenantDocuments documents,
      ReplayRows rows,
      InstantSource clock) {
    this.engine = engine;
    this.sinks = Map.copyOf(sinks);
    this.rules = rules;
    this.documents = documents;
    this.rows = rows;
    this.clock = clock;
  }

  /// What is asked for.
  ///
  /// @param tenant whose events; empty for all
  /// @param from where it begins; empty for the log's start
  /// @param until where it ends; empty for all there is
  /// @param sinkNames empty for all sinks
  /// @param present what becomes of events that are there already; empty for skip
  /// @param candidate settings of the tenant to compare with, as JSON; empty where it is no
  ///   comparison
  public record Wish(
      Kind kind,
      Optional<TenantId> tenant,
      Optional<Bound> from,
      Optional<Bound> until,
      List<String> types,
      List<String> fields,
      List<String> sinkNames,
      Optional<String> present,
      int eventsPerSecond,
      String candidate) {
    public Wish {
      types = List.copyOf(types);
      fields = List.copyOf(fields);
      sinkNames = List.copyOf(sinkNames);
    }
  }

  /// An end of a range.
  public sealed interface Bound {
    /// Received at or after it.
    record Time(Instant time) implements Bound {}

    /// An offset of the log.
    record Offset(long offset) implements Bound {}
  }

  /// One of them as it fares now.
  public record View(
      Row row, Kind kind, List<String> sinks, int percent, String result, String reason) {
    public View {
      sinks = List.copyOf(sinks);
    }
  }

  /// Goes on with what was under way, and looks after all from now on.
  public void start() {
    try {
      List<Row> open = rows.open();
      Set<Long> ids = open.stream().map(Row::id).collect(Collectors.toSet());
      engine.forgetReplays(ids::contains);
      open.stream().filter(row -> row.state() == State.RUNNING).forEach(this::goOn);
    } catch (StateException e) {
      LOGGER.log(
          System.Logger.Level.WARNING,
          "replays that were under way cannot be read; the log keeps what they need: {0}",
          e.getMessage());
    }
    Thread.ofVirtual().name("pulsegate-replays").start(this::lookAfter);
  }

  private void lookAfter() {
    try {
      while (!closed.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        try {
          look();
        } catch (StateException e) {
          LOGGER.log(
              System.Logger.Level.WARNING,
              "what came of a replay cannot be written down yet: {0}",
              e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void look() {
    for (var entry : List.copyOf(running.entrySet())) {
      Work work = entry.getValue();
      Optional<String> failure = work.failure();
      if (work.isDone()) {
        end(entry.getKey(), State.DONE, "", Optional.empty());
      } else if (failure.isPresent()) {
        halt(entry.getKey(), State.FAILED, failure.get(), Optional.empty());
      }
    }
  }

  private void goOn(Row row) {
    try {
      begin(row);
    } catch (RuntimeException e) {
      rows.update(
          row.id(),
          State.FAILED,
          row.result(),
          String.valueOf(e.getMessage()),
          clock.instant(),
          Optional.empty());
    }
  }

  /// Begins one.
  ///
  /// @throws IllegalArgumentException where it is not possible, with the reason
  public synchronized View begin(String actor, Wish wish) {
    Optional<TenantConfig> tenant = wish.tenant().map(this::tenant);
    ReplayRequest request = decide(wish, tenant.map(TenantConfig::lane));
    String detail =
        "offsets %d to %d, sinks %s, %s"
            .formatted(
                request.from(),
                request.until(),
                String.join(",", request.untils().keySet()),
                request.kind() == Kind.REPLAY
                    ? request.present().name().toLowerCase(Locale.ROOT)
                    : "into nothing");
    String name = wish.tenant().map(TenantId::value).orElse("");
    Row row =
        rows.add(
            name,
            request.json(),
            new Change(
                clock.instant(), actor, "replay." + request.kind().text(), name, "", detail));
    begin(row);
    return view(row);
  }

  private TenantConfig tenant(TenantId id) {
    return engine
        .tenants()
        .current()
        .byId(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no tenant " + id));
  }

  private ReplayRequest decide(Wish wish, Optional<LaneKey> lane) {
    if (wish.eventsPerSecond() < 1 || wish.eventsPerSecond() > EVENTS_PER_SECOND_MAX) {
      throw new IllegalArgumentException("events_per_second must be 1 to " + EVENTS_PER_SECOND_MAX);
    }
    Present present = present(wish.present().orElse("skip"));
    long end = engine.log().end(PARTITION);
    long from =
        Math.max(
            engine.log().start(PARTITION), wish.from().map(bound -> offset(bound, end)).orElse(0L));
    long until = Math.min(end, wish.until().map(bound -> offset(bound, end)).orElse(end));
    Map<String, Long> untils = new LinkedHashMap<>();
    for (String sink : wish.sinkNames().isEmpty() ? sinks.keySet() : wish.sinkNames()) {
      if (wish.kind() == Kind.REPLAY) {
        requireReplayable(sink, present);
        untils.put(sink, Math.min(until, settledTo(sink, lane)));
      } else {
        requireSink(sink);
        untils.put(sink, until);
      }
    }
    var request =
        new ReplayRequest(
            wish.kind(),
            engine.log().id(),
            lane.map(LaneKey::incarnation).orElse(0),
            from,
            untils,
            wish.types(),
            wish.fields(),
            present,
            wish.eventsPerSecond(),
            wish.candidate());
    var _ = request.condition();
    if (request.until() <= from) {
      throw new IllegalArgumentException(
          "there is nothing in that range: the log has offsets %d to %d, the range came to %d to %d"
              .formatted(engine.log().start(PARTITION), end, from, request.until()));
    }
    return request;
  }

  private static Present present(String text) {
    try {
      return Present.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("mode is skip, overwrite or again, was " + text, e);
    }
  }

  private long offset(Bound bound, long end) {
    return switch (bound) {
      case Bound.Offset(long offset) -> offset;
      case Bound.Time(Instant time) -> engine.log().timeToOffset(PARTITION, time).orElse(end);
    };
  }

  private void requireSink(String sink) {
    if (!sinks.containsKey(sink)) {
      throw new IllegalArgumentException(
          "there is no sink %s; there are: %s".formatted(sink, String.join(", ", sinks.keySet())));
    }
  }

  private Replayable requireReplayable(String name, Present present) {
    requireSink(name);
    if (!(sinks.get(name) instanceof Replayable sink)) {
      throw new IllegalArgumentException(
          "sink %s takes no replays: what it has written cannot be told from what would come again. Replay into another sink"
              .formatted(name));
    }
    if (!sink.replays().contains(present)) {
      throw new IllegalArgumentException(
          "sink %s cannot %s: it can only be given events %s; say --mode again where the destination tells repeated events by their id"
              .formatted(
                  name,
                  present.name().toLowerCase(Locale.ROOT),
                  sink.replays().stream()
                      .map(each -> each.name().toLowerCase(Locale.ROOT))
                      .sorted()
                      .collect(Collectors.joining(" or "))));
    }
    return sink;
  }

  private long settledTo(String sink, Optional<LaneKey> lane) {
    OptionalLong settled = engine.settledTo(sink, lane);
    return settled.orElseThrow(() ->
        new IllegalArgumentException(
            "sink %s has not been reached since the start, so it is not known what it has"
                .formatted(sink)));
  }

  private void begin(Row row) {
    var request = ReplayRequest.of(row.request());
    if (!request.logId().equals(engine.log().id())) {
      throw new IllegalArgumentException(
          "its offsets are those of another log, " + request.logId());
    }
    Optional<LaneKey> lane =
        row.tenant().isEmpty()
            ? Optional.empty()
            : Optional.of(new LaneKey(new TenantId(row.tenant()), request.incarnation()));
    Work work =
        switch (request.kind()) {
          case REPLAY -> deliver(row.id(), request, lane);
          case COUNT ->
              scan(
                  row,
                  request,
                  lane,
                  new Counting(request.eventsPerSecond(), request.untils().size()));
          case DIFF -> scan(row, request, lane, comparison(row, request));
        };
    running.put(row.id(), work);
  }

  private Work deliver(long id, ReplayRequest request, Optional<LaneKey> lane) {
    Map<String, Replayable> targets = new LinkedHashMap<>();
    request
        .untils()
        .keySet()
        .forEach(name -> targets.put(name, requireReplayable(name, request.present())));
    List<Replay> replays = new ArrayList<>();
    request
        .untils()
        .forEach((name, until) -> {
          var spec =
              new ReplaySpec(
                  id,
                  name,
                  Math.min(request.from(), until),
                  until,
                  lane,
                  request.condition(),
                  request.eventsPerSecond());
          Replayable target = targets.get(name);
          if (target != null) {
            replays.add(engine.replay(spec, target.replay(spec.cursorName(), request.present())));
          }
        });
    return new Delivered(replays);
  }

  private Work scan(Row row, ReplayRequest request, Optional<LaneKey> lane, Scan.Finding finding) {
    var range = new Range(engine.log(), request.from(), request.until(), lane, request.condition());
    return new Scan("replay-" + row.id(), range, finding).start();
  }

  private Comparison comparison(Row row, ReplayRequest request) {
    TenantConfig now = tenant(new TenantId(row.tenant()));
    byte[] text = request.candidate().getBytes(StandardCharsets.UTF_8);
    TenantDocuments.Read read = documents.read(io.pulsegate.api.Bytes.of(text));
    if (read.entry().isEmpty() || !read.problems().isEmpty()) {
      throw new IllegalArgumentException(
          "the candidate cannot be taken: "
              + read.problems().stream().map(Object::toString).collect(Collectors.joining("; ")));
    }
    if (!read.entry().get().id().equals(now.id())) {
      throw new IllegalArgumentException(
          "the candidate is of tenant %s, not %s".formatted(read.entry().get().id(), now.id()));
    }
    var then = new TenantConfig(now.id(), now.incarnation(), read.entry().get().settings());
    boolean hasRoutes = !then.settings().routes().isEmpty();
    return new Comparison(
        rules.separate(),
        List.copyOf(request.untils().keySet()),
        Comparison.candidate(hasRoutes ? Optional.of(rules.waysAs(then)) : Optional.empty()));
  }

  /// The newest first.
  public List<View> list(Optional<TenantId> tenant, int limit) {
    return rows.newest(tenant.map(TenantId::value).orElse(""), limit).stream()
        .map(this::view)
        .toList();
  }

  /// One of them.
  public Optional<View> find(long id) {
    return rows.find(id).map(this::view);
  }

  private View view(Row row) {
    var request = ReplayRequest.of(row.request());
    Work work;
    synchronized (this) {
      work = running.get(row.id());
    }
    int percent = row.state() == State.DONE ? 100 : work == null ? 0 : work.percent();
    return new View(
        row,
        request.kind(),
        List.copyOf(request.untils().keySet()),
        percent,
        work == null ? row.result() : work.result().toString(),
        work == null ? row.reason() : work.waitsFor());
  }

  /// Holds one; it can be resumed.
  ///
  /// @throws IllegalArgumentException where it does not run
  public synchronized View pause(String actor, long id) {
    Row row = named(id);
    if (row.state() != State.RUNNING) {
      throw new IllegalArgumentException("replay %d is %s".formatted(id, row.state().text()));
    }
    halt(id, State.PAUSED, "", Optional.of(change(actor, "replay.pause", row)));
    return view(named(id));
  }

  /// Goes on with one that was paused or failed.
  ///
  /// @throws IllegalArgumentException where it cannot
  public synchronized View resume(String actor, long id) {
    Row row = named(id);
    if (row.state() != State.PAUSED && row.state() != State.FAILED) {
      throw new IllegalArgumentException("replay %d is %s".formatted(id, row.state().text()));
    }
    begin(row);
    rows.update(
        id,
        State.RUNNING,
        row.result(),
        "",
        clock.instant(),
        Optional.of(change(actor, "replay.resume", row)));
    return view(named(id));
  }

  /// Ends one where it is; what it has delivered stays.
  ///
  /// @throws IllegalArgumentException where it has ended
  public synchronized View cancel(String actor, long id) {
    Row row = named(id);
    if (!row.state().isOpen()) {
      throw new IllegalArgumentException("replay %d is %s".formatted(id, row.state().text()));
    }
    end(id, State.CANCELLED, "", Optional.of(change(actor, "replay.cancel", row)));
    return view(named(id));
  }

  private Row named(long id) {
    return rows.find(id)
        .orElseThrow(() -> new IllegalArgumentException("there is no replay " + id));
  }

  private Change change(String actor, String action, Row row) {
    return new Change(clock.instant(), actor, action, row.tenant(), Long.toString(row.id()), "");
  }

  private void end(long id, State state, String reason, Optional<Change> change) {
    halt(id, state, reason, change);
    engine.forgetReplays(run -> run != id);
  }

  private void halt(long id, State state, String reason, Optional<Change> change) {
    Work work = running.get(id);
    String result;
    if (work == null) {
      result = rows.find(id).map(Row::result).orElse("{}");
    } else {
      work.stop();
      result = work.result().toString();
    }
    rows.update(id, state, result, reason, clock.instant(), change);
    running.remove(id);
  }

  /// Stops all where they are; they go on at the next start.
  @Override
  public void close() {
    closed.countDown();
    synchronized (this) {
      running.values().forEach(Work::stop);
      running.clear();
    }
  }

  /// One of them as JSON.
  public static JsonWriter write(JsonWriter json, View view) {
    Row row = view.row();
    json.beginObject()
        .field("id", row.id())
        .field("kind", view.kind().text())
        .field("tenant", row.tenant())
        .field("state", row.state().text())
        .field("percent", view.percent())
        .field("reason", view.reason())
        .field("actor", row.actor())
        .field("created_at", row.created().toString());
    row.ended().ifPresent(time -> json.field("ended_at", time.toString()));
    json.name("request").raw(row.request().getBytes(StandardCharsets.UTF_8));
    json.name("result").raw(view.result().getBytes(StandardCharsets.UTF_8));
    return json.endObject();
  }
}

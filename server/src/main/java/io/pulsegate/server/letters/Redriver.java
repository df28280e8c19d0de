package io.pulsegate.server.letters;

import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventFlag;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.core.DeadLetter;
import io.pulsegate.core.TenantConfig;
import io.pulsegate.core.TenantRegistry;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonFlags;
import io.pulsegate.json.JsonScanner;
import io.pulsegate.server.state.Change;
import io.pulsegate.server.state.Letters;
import io.pulsegate.server.state.Letters.Kept;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Appends the events of dead letters to the log again, for the sink that failed alone, under their
/// own ids. **Deduplicated by the letter they come from, so that a redrive that is repeated, after
/// a crash too, makes no second event.** A letter waits until its event is durable. Any thread.
public final class Redriver {
  private static final long ANSWER_SECONDS = 30;

  private final Intake intake;
  private final Appender appender;
  private final TenantRegistry tenants;
  private final Set<String> sinks;
  private final Letters letters;
  private final InstantSource clock;

  /// The way into the log.
  @FunctionalInterface
  public interface Appender {
    void accept(Tenant tenant, List<EventBlock> blocks, Consumer<Outcome> done);
  }

  /// @param sinks names of those that run
  public Redriver(
      Intake intake,
      Appender appender,
      TenantRegistry tenants,
      Set<String> sinks,
      Letters letters,
      InstantSource clock) {
    this.intake = intake;
    this.appender = appender;
    this.tenants = tenants;
    this.sinks = Set.copyOf(sinks);
    this.letters = letters;
    this.clock = clock;
  }

  /// What came of it.
  ///
  /// @param redriven letters that wait no more
  /// @param refused why others still do, by their id
  public record Report(int redriven, Map<Long, String> refused) {
    public Report {
      refused = Map.copyOf(refused);
    }
  }

  /// What a block has in common.
  private record Group(LaneKey lane, String sink, Source source, String dialect) {}

  public Report redrive(String actor, List<Kept> kept) throws InterruptedException {
    var refused = new LinkedHashMap<Long, String>();
    var groups = new LinkedHashMap<Group, List<Kept>>();
    for (Kept each : kept) {
      Optional<String> hindrance = hindrance(each);
      if (hindrance.isPresent()) {
        refused.put(each.id(), hindrance.get());
      } else {
        DeadLetter letter = each.letter();
        Event event = letter.event();
        groups
            .computeIfAbsent(
                new Group(letter.lane(), letter.sink(), event.source(), event.dialect()),
                _ -> new ArrayList<>())
            .add(each);
      }
    }
    int redriven = 0;
    for (var group : groups.entrySet()) {
      redriven += redrive(actor, group.getKey(), group.getValue(), refused);
    }
    return new Report(redriven, refused);
  }

  private Optional<String> hindrance(Kept kept) {
    DeadLetter letter = kept.letter();
    if (kept.redriven().isPresent()) {
      return Optional.of("it was redriven already");
    }
    if (letter.sink().isEmpty()) {
      return Optional.of("it was refused at the door and never accepted: it has to be sent again");
    }
    if (letter.run() > 0) {
      return Optional.of(
          "it failed in replay %d, which may have left an earlier copy in place: replay its event again, by its offset %d"
              .formatted(letter.run(), letter.offset()));
    }
    if (tenants.current().byLane(letter.lane()).isEmpty()) {
      return Optional.of("its tenant is gone");
    }
    return sinks.contains(letter.sink())
        ? Optional.empty()
        : Optional.of("there is no sink " + letter.sink() + " any more");
  }

  private int redrive(String actor, Group group, List<Kept> kept, Map<Long, String> refused)
      throws InterruptedException {
    Optional<TenantConfig> config = tenants.current().byLane(group.lane());
    if (config.isEmpty()) {
      return 0;
    }
    var tenant = new Tenant(group.lane(), io.pulsegate.api.Durability.DISK);
    int bytes = kept.stream().mapToInt(each -> each.letter().event().payload().length()).sum();
    EventWriter writer =
        intake.writer(tenant, group.source(), group.dialect(), bytes).onlyFor(group.sink());
    var ids = new ArrayList<Long>();
    var draft = new EventDraft();
    for (Kept each : kept) {
      Optional<String> fault = add(writer, draft, each.letter(), ids.size());
      if (fault.isPresent()) {
        refused.put(each.id(), fault.get());
      } else {
        ids.add(each.id());
      }
    }
    List<EventBlock> blocks = writer.finish();
    if (blocks.isEmpty()) {
      return 0;
    }
    Optional<String> trouble = append(tenant, blocks);
    if (trouble.isPresent()) {
      ids.forEach(id -> refused.put(id, trouble.get()));
      return 0;
    }
    String detail = "%d letters to sink %s".formatted(ids.size(), group.sink());
    String subject = ids.size() == 1 ? Long.toString(ids.getFirst()) : "";
    letters.redriven(
        ids,
        new Change(
            clock.instant(),
            actor,
            "letter.redrive",
            group.lane().tenant().value(),
            subject,
            detail));
    return ids.size();
  }

  private static Optional<String> add(
      EventWriter writer, EventDraft draft, DeadLetter letter, int index) {
    Event event = letter.event();
    byte[] payload = bytes(event.payload());
    draft.begin(payload, 0, payload.length);
    try {
      var scanner = new JsonScanner();
      scanner.reset(payload, 0, payload.length);
      var _ = scanner.skipValue();
      scanner.end();
      draft.flags(flags(scanner.flags()));
    } catch (JsonException e) {
      return Optional.of("its payload is no JSON: " + e.getMessage());
    }
    text(event.eventId(), draft::id);
    text(event.eventType(), draft::type);
    text(event.occurredAt().toString(), draft::timeText);
    event.traceId().ifPresent(text -> text(text, draft::traceId));
    event.idempotencyKey().ifPresent(text -> text(text, draft::idempotencyKey));
    event.partitionKey().ifPresent(text -> text(text, draft::partitionKey));
    text(keyOf(letter), draft::redriveKey);
    return writer.add(draft, index).map(Refusal::reason);
  }

  /// The same for the same letter, and for no other.
  private static String keyOf(DeadLetter letter) {
    return "%s/%d/%d/%d/%s/%d"
        .formatted(
            letter.logId(),
            letter.partition(),
            letter.offset(),
            letter.child(),
            letter.sink(),
            letter.run());
  }

  @FunctionalInterface
  private interface TextSetter {
    void set(byte[] bytes, int from, int to);
  }

  private static void text(String text, TextSetter setter) {
    byte[] bytes = bytes(text);
    setter.set(bytes, 0, bytes.length);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int flags(int seen) {
    return ((seen & JsonFlags.HAS_NUL) != 0 ? EventFlag.HAS_NUL : 0)
        | ((seen & JsonFlags.LONE_SURROGATE) != 0 ? EventFlag.LONE_SURROGATE : 0)
        | ((seen & JsonFlags.BIG_NUMBER) != 0 ? EventFlag.BIG_NUMBER : 0);
  }

  private Optional<String> append(Tenant tenant, List<EventBlock> blocks)
      throws InterruptedException {
    var answer = new CompletableFuture<Outcome>();
    appender.accept(tenant, blocks, answer::complete);
    try {
      return switch (answer.get(ANSWER_SECONDS, TimeUnit.SECONDS)) {
        case Outcome.Accepted _ -> Optional.empty();
        case Outcome.Throttled throttled -> Optional.of("over the limit " + throttled.limit());
        case Outcome.Unavailable unavailable -> Optional.of(unavailable.reason());
      };
    } catch (TimeoutException e) {
      return Optional.of("the log did not answer in time; repeat it");
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing completes it with a failure", e);
    }
  }
}

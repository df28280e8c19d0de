package io.pulsegate.dialects.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.DialectFactory;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Durability;
import io.pulsegate.api.Event;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.LaneKey;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Served;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.TenantId;
import io.pulsegate.api.Writers;
import io.pulsegate.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Function;

/// One request to a dialect and what came of it: the events, and the reply for any outcome.
///
/// ```java
/// Spoken.to("kaasino", "{\"events\":[…]}").reply()
/// ```
public record Spoken(Parsed parsed, List<EventBlock> blocks) {
  public static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");
  private static final TenantId DEMO = new TenantId("demo");
  private static final Tenant TENANT = new Tenant(new LaneKey(DEMO, 1), Durability.DISK);

  /// A dialect as the server finds it.
  public static Dialect dialect(String name, DialectLimits limits) {
    return ServiceLoader.load(DialectFactory.class).stream()
        .map(factory -> factory.get().create(limits))
        .filter(dialect -> dialect.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  public static Spoken to(String dialect, String body) {
    return to(dialect(dialect, DialectLimits.DEFAULT), head(), body);
  }

  public static Spoken to(Dialect dialect, RequestHead head, String body) {
    return to(dialect, head, body.getBytes(StandardCharsets.UTF_8));
  }

  /// The body stands in the middle of a larger array, as it may in a server.
  public static Spoken to(Dialect dialect, RequestHead head, byte[] body) {
    byte[] shared = new byte[body.length + 20];
    Arrays.fill(shared, (byte) '"');
    System.arraycopy(body, 0, shared, 7, body.length);
    var writer =
        new EventWriter(
            new LaneKey(DEMO, 1),
            Source.HTTP,
            dialect.name(),
            new EventWriter.HashKey(1, 2),
            new EventWriter.Limits(1 << 20, 48 << 20),
            NOW,
            Seeds.random(42),
            body.length);
    Parsed parsed = dialect.parse(head, new Bytes(shared, 7, 7 + body.length), Writers.of(writer));
    return new Spoken(parsed, writer.finish());
  }

  /// A request head by hand: names of headers and values one after the other; a name that begins
  /// with `?` is a parameter of the query.
  public static RequestHead head(String... namesAndValues) {
    Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      all.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new RequestHead() {
      @Override
      public String method() {
        return "POST";
      }

      @Override
      public String path() {
        return "/";
      }

      @Override
      public Optional<String> header(String name) {
        return Optional.ofNullable(all.get(name));
      }

      @Override
      public int headerCount(String name) {
        return all.containsKey(name) ? 1 : 0;
      }

      @Override
      public Optional<String> parameter(String name) {
        return Optional.ofNullable(all.get("?" + name));
      }
    };
  }

  /// The events that were encoded, in order.
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (EventBlock block : blocks) {
      for (int i = 0; i < block.count(); i++) {
        events.add(Event.of(block, i, DEMO, 0));
      }
    }
    return events;
  }

  /// The only event of a request of which nothing was refused.
  public Event only() {
    assertThat(refusals()).isEmpty();
    assertThat(events()).hasSize(1);
    return events().getFirst();
  }

  /// Those that were refused, of a request that makes sense as a whole.
  public List<Refusal> refusals() {
    assertThat(parsed).isInstanceOf(Parsed.Events.class);
    return ((Parsed.Events) parsed).refusals();
  }

  /// Why the request as a whole was turned away; the door forgets what was handed over before.
  public Code malformed() {
    assertThat(parsed).isInstanceOf(Parsed.Malformed.class);
    return ((Parsed.Malformed) parsed).code();
  }

  /// The reply when intake has taken all that was handed over.
  public Reply reply() {
    return reply(
        new Outcome.Accepted(Durability.DISK, events().size(), List.of(), List.of(), 0, 7));
  }

  public Reply reply(Outcome outcome) {
    return reply(outcome, _ -> OptionalInt.empty());
  }

  /// The same where a sink has partitions.
  public Reply reply(Outcome outcome, Function<byte[], OptionalInt> partitionOf) {
    assertThat(parsed).isInstanceOf(Parsed.Events.class);
    return ((Parsed.Events) parsed)
        .answer()
        .to(outcome, new Served(TENANT, NOW, Duration.ofMillis(2), partitionOf));
  }
}

package io.pulsegate.ingress.kafka;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Durability;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.pulsegate.api.Writers;
import io.pulsegate.ingress.kafka.KafkaSource.Door;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// What one turn brings of one partition, on its way into the log: all of it or nothing.
///
/// **Its offset may be committed only when [#settle] says that it is taken**: events are synced by
/// then, whatever level its tenant has asked for, and dead letters are durable.
final class Portion {
  private static final Duration LATER = Duration.ofSeconds(1);

  /// What became of a portion.
  sealed interface Fate {
    /// @param letters records kept as dead letters
    /// @param empty records without a value
    record Taken(int letters, int empty) implements Fate {}

    /// Nothing is to be committed.
    record Denied(Duration retryAfter, String reason) implements Fate {}
  }

  private final Door door;
  private final Identity.Known known;
  private final Tenant tenant;
  private final List<EventBlock> blocks = new ArrayList<>();
  private final List<Discarded> letters = new ArrayList<>();
  private final CompletableFuture<Fate> fate = new CompletableFuture<>();
  private Optional<Intake.Permit> permit = Optional.empty();
  private int empty;

  Portion(Door door, Identity.Known known) {
    this.door = door;
    this.known = known;
    this.tenant = new Tenant(known.tenant().lane(), Durability.DISK);
  }

  /// Reads the records and hands them on; does not wait.
  void begin(List<ConsumerRecord<byte[], byte[]>> records) {
    long bytes = 0;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      bytes += Math.max(0, record.serializedValueSize());
    }
    switch (door.intake().admit(tenant, bytes)) {
      case Intake.Admission.Refused(Outcome.Denied outcome) -> fate.complete(denied(outcome));
      case Intake.Admission.Granted(Intake.Permit granted) -> {
        permit = Optional.of(granted);
        records.forEach(this::read);
        keepLetters();
      }
    }
  }

  /// Waits for the log.
  Fate settle() {
    try {
      return fate.join();
    } finally {
      permit.ifPresent(Intake.Permit::close);
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null || value.length == 0) {
      empty++;
      return;
    }
    String origin = Origin.of(door.source(), record);
    EventWriter writer =
        door.intake().writer(tenant, Source.KAFKA, door.dialect().name(), value.length);
    known.redaction().apply(tenant).ifPresent(writer::redacting);
    writer.from(origin);
    var head = new RecordHead(door.dialect().endpoints().getFirst(), record.headers());
    Bytes body = Bytes.of(value);
    switch (door.dialect().parse(head, body, writers(writer))) {
      case Parsed.Malformed(Code code, String reason) ->
          letters.add(
              new Discarded(origin, "", wrapped(origin, value), new Refusal(0, code, reason)));
      case Parsed.Events events -> {
        blocks.addAll(writer.finish());
        if (events.discarded().isEmpty()) {
          events.refusals().stream()
              .findFirst()
              .ifPresent(first -> letters.add(new Discarded(origin, "", body, first)));
        } else {
          letters.addAll(events.discarded());
        }
      }
    }
  }

  /// What is no JSON, as JSON.
  private static Bytes wrapped(String origin, byte[] value) {
    var json = new JsonWriter(value.length * 3 / 2 + 256);
    json.beginObject()
        .field("origin", origin)
        .field("value_base64", Base64.getEncoder().encodeToString(value))
        .endObject();
    return Bytes.of(json.toByteArray());
  }

  /// A record belongs to the source's tenant, by whichever of its names.
  private Writers writers(EventWriter writer) {
    return new Writers() {
      @Override
      public EventWriter own() {
        return writer;
      }

      @Override
      public Optional<EventWriter> named(String name) {
        return known
            .named()
            .apply(name)
            .filter(meant -> meant.id().equals(tenant.id()))
            .map(_ -> writer);
      }

      @Override
      public String newId() {
        return writer.newId();
      }
    };
  }

  /// Dead letters first: a crash between the two repeats them, which does no harm.
  private void keepLetters() {
    if (letters.isEmpty()) {
      handOver();
      return;
    }
    door.doorkeeper()
        .keep(
            tenant,
            Source.KAFKA,
            door.dialect().name(),
            letters.stream().map(this::redacted).toList(),
            trouble -> {
              if (trouble.isPresent()) {
                fate.complete(new Fate.Denied(LATER, trouble.get()));
              } else {
                handOver();
              }
            });
  }

  private Discarded redacted(Discarded letter) {
    return known
        .redaction()
        .apply(tenant)
        .map(rule ->
            new Discarded(
                letter.eventId(),
                letter.eventType(),
                rule.apply(letter.payload()),
                letter.refusal()))
        .orElse(letter);
  }

  private void handOver() {
    if (blocks.isEmpty()) {
      fate.complete(taken());
      return;
    }
    door.intake()
        .accept(
            tenant,
            blocks,
            outcome -> {
              switch (outcome) {
                case Outcome.Accepted _ -> fate.complete(taken());
                case Outcome.Denied refused -> fate.complete(denied(refused));
              }
            });
  }

  private Fate taken() {
    return new Fate.Taken(letters.size(), empty);
  }

  private static Fate denied(Outcome.Denied outcome) {
    Duration wait = outcome.retryAfter();
    return new Fate.Denied(wait.isPositive() ? wait : LATER, outcome.reason());
  }
}

package io.pulsegate.server.systems;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Credentials;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Doorkeeper;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Served;
import io.pulsegate.api.Source;
import io.pulsegate.api.Writers;
import io.pulsegate.ingress.http.PageReply;
import io.pulsegate.json.JsonWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// `POST /api/v1/test/events?count=N`: makes events of the Event Collector's schema and takes them
/// in like any others, for the tenant that such requests come to.
final class TestEvents {
  private static final int COUNT = 10;
  private static final int COUNT_MAX = 1_000;
  private static final int EVENT_BYTES = 300;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Dialect dialect;
  private final Intake intake;
  private final Doorkeeper doorkeeper;
  private final InstantSource clock;

  TestEvents(Dialect dialect, Intake intake, Doorkeeper doorkeeper, InstantSource clock) {
    this.dialect = dialect;
    this.intake = intake;
    this.doorkeeper = doorkeeper;
    this.clock = clock;
  }

  PageReply make(RequestHead head) throws InterruptedException {
    int count;
    try {
      count = head.parameter("count").map(Integer::parseInt).orElse(COUNT);
    } catch (NumberFormatException e) {
      count = 0;
    }
    if (count < 1 || count > COUNT_MAX) {
      return page(
          dialect.refuse(
              Code.BAD_REQUEST, "count is a whole number from 1 to " + COUNT_MAX, Duration.ZERO));
    }
    Sender sender = Credentials.of(head).<Sender>map(Sender.Key::new).orElse(Dialect.NOBODY);
    return switch (doorkeeper.identify(dialect.name(), sender).join()) {
      case Identity.Known known -> take(head, count, known);
      case Identity.Unknown() ->
          page(dialect.refuse(Code.UNAUTHENTICATED, Code.UNAUTHENTICATED.meaning(), Duration.ZERO));
      case Identity.Refused(Code code, String reason, Duration retryAfter) ->
          page(dialect.refuse(code, reason, retryAfter));
    };
  }

  private PageReply take(RequestHead head, int count, Identity.Known known)
      throws InterruptedException {
    Instant begun = clock.instant();
    EventWriter writer =
        intake.writer(known.tenant(), Source.HTTP, dialect.name(), count * EVENT_BYTES);
    Dialect.Parsed parsed = dialect.parse(head, events(count, begun, writer), Writers.of(writer));
    if (!(parsed instanceof Dialect.Parsed.Events events)) {
      throw new IllegalStateException("the events made here are not understood: " + parsed);
    }
    var done = new CompletableFuture<Outcome>();
    List<EventBlock> blocks = writer.finish();
    intake.accept(known.tenant(), blocks, done::complete);
    try {
      Outcome outcome = done.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      Instant now = clock.instant();
      return page(
          events
              .answer()
              .to(outcome, new Served(known.tenant(), now, Duration.between(begun, now))));
    } catch (ExecutionException | TimeoutException e) {
      return page(
          dialect.refuse(Code.UNAVAILABLE, "the log did not answer in time", Duration.ZERO));
    }
  }

  private static Bytes events(int count, Instant now, EventWriter ids) {
    JsonWriter json = new JsonWriter(count * EVENT_BYTES).beginArray();
    for (int i = 0; i < count; i++) {
      json.beginObject()
          .field("event_id", ids.newId())
          .field("learner_id", "learner_%03d".formatted(i % 100))
          .field("event_type", "interaction")
          .field("timestamp", now.toString())
          .field("source_service", "test-events")
          .name("event_data")
          .beginObject()
          .field("action", "click")
          .field("element", "next_button")
          .endObject()
          .name("metadata")
          .beginObject()
          .endObject()
          .endObject();
    }
    return Bytes.of(json.endArray().toByteArray());
  }

  private static PageReply page(Reply reply) {
    return new PageReply(reply.status(), reply.contentType(), reply.headers(), reply.body());
  }
}

package io.pulsegate.server.systems;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Writers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// A dialect whose outcomes are counted, and told in the log where its users look for them there.
final class ObservedDialect implements Dialect {
  private final Dialect inner;
  private final Traffic traffic;
  private final Optional<CollectionLog> log;

  ObservedDialect(Dialect inner, Traffic traffic, Optional<CollectionLog> log) {
    this.inner = inner;
    this.traffic = traffic;
    this.log = log;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public List<Endpoint> endpoints() {
    return inner.endpoints();
  }

  @Override
  public boolean recognises(RequestHead head, Bytes body) {
    return inner.recognises(head, body);
  }

  @Override
  public Optional<Sender> sender(RequestHead head) {
    return inner.sender(head);
  }

  @Override
  public Sender sender(RequestHead head, Bytes body) {
    return inner.sender(head, body);
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    return switch (inner.parse(head, body, out)) {
      case Parsed.Malformed malformed -> malformed;
      case Parsed.Events events -> observed(events, head, body);
    };
  }

  private Parsed observed(Parsed.Events events, RequestHead head, Bytes body) {
    Optional<String> site =
        log.isPresent() && inner.sender(head, body) instanceof Sender.Domain(String name)
            ? Optional.of(name)
            : Optional.empty();
    return new Parsed.Events(
        events.total(),
        events.refusals(),
        events.discarded(),
        (outcome, served) -> {
          traffic.count(outcome, events.refusals().size(), events.discarded().size(), served);
          log.ifPresent(lines ->
              lines.stored(
                  outcome,
                  events.total(),
                  events.refusals().size(),
                  served.tenant(),
                  site.orElse("")));
          return events.answer().to(outcome, served);
        });
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return inner.refuse(code, reason, retryAfter);
  }
}

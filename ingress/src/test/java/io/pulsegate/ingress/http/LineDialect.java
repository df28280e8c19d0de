package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Writers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A wire format for tests: each line is an event; the first byte `!` makes it malformed, `?` a
/// bug.
final class LineDialect implements Dialect {
  private static final byte[] TYPE = "line".getBytes(StandardCharsets.UTF_8);

  @Override
  public String name() {
    return "lines";
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/events"), new Endpoint("PUT", "/events"));
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers writers) {
    EventWriter out = writers.own();
    byte[] bytes = body.array();
    if (body.length() > 0 && bytes[body.from()] == '!') {
      return new Parsed.Malformed(Code.BAD_JSON, "malformed at byte 0");
    }
    if (body.length() > 0 && bytes[body.from()] == '?') {
      throw new IllegalStateException("a bug in the dialect");
    }
    EventDraft draft = new EventDraft();
    List<Refusal> refusals = new ArrayList<>();
    int total = 0;
    for (int from = body.from(); from < body.to(); ) {
      int to = from;
      while (to < body.to() && bytes[to] != '\n') {
        to++;
      }
      draft.begin(bytes, from, to);
      draft.type(TYPE, 0, TYPE.length);
      out.add(draft, total).ifPresent(refusals::add);
      total++;
      from = to + 1;
    }
    return new Parsed.Events(total, refusals, (outcome, served) -> reply(outcome));
  }

  private Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Accepted accepted ->
          Reply.json(200, Bytes.of("accepted " + accepted.accepted()));
      case Outcome.Denied denied -> refuse(denied.code(), denied.reason(), denied.retryAfter());
    };
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    Map<String, String> headers =
        retryAfter.isZero()
            ? Map.of()
            : Map.of("Retry-After", Long.toString(retryAfter.toSeconds()));
    return new Reply(
        code.status(), "application/json", headers, Bytes.of(code.text() + ": " + reason));
  }
}

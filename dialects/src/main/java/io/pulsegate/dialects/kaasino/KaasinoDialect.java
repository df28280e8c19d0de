package io.pulsegate.dialects.kaasino;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Credentials;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.Fields;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.dialects.common.MediaTypes;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonScanner;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The wire format of Kaasino Pulse Collector. The site stands in `X-Site-Id`; or in the query or
/// the body, as `site_id` or `siteId`, where `navigator.sendBeacon` can set no header.
final class KaasinoDialect implements Dialect {
  static final String NAME = "kaasino";

  private static final List<String> NAMES = List.of("site_id", "siteId", "events");
  private static final int EVENTS = 2;
  private static final Parsed NO_EVENTS =
      new Parsed.Malformed(Code.BAD_REQUEST, "events must be an array of events");

  private final int eventsMax;
  private final JsonLimits limits;

  KaasinoDialect(DialectLimits limits) {
    this.eventsMax = limits.eventsMax();
    this.limits = JsonFaults.limits(limits);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(new Endpoint("POST", "/collect"));
  }

  @Override
  public Optional<Sender> sender(RequestHead head) {
    return Credentials.of(head)
        .<Sender>map(Sender.Key::new)
        .or(() -> siteOf(head).map(site -> new Sender.Site(site, head.header("Origin"))));
  }

  @Override
  public Sender sender(RequestHead head, Bytes body) {
    return sender(head)
        .orElseGet(() -> new Sender.Site(siteOf(body).orElse(""), head.header("Origin")));
  }

  private static Optional<String> siteOf(RequestHead head) {
    return head.header("X-Site-Id")
        .or(() -> head.parameter("site_id"))
        .or(() -> head.parameter("siteId"))
        .filter(site -> !site.isBlank());
  }

  private Optional<String> siteOf(Bytes body) {
    JsonScanner scanner = new JsonScanner(limits);
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to() || scanner.peek() != JsonKind.OBJECT) {
        return Optional.empty();
      }
      Fields fields = new Fields(NAMES);
      fields.read(scanner, body.array());
      return siteOf(fields);
    } catch (JsonException unreadable) {
      return Optional.empty(); // parse says what is wrong
    }
  }

  private static Optional<String> siteOf(Fields fields) {
    return Optional.of(fields.string(0))
        .filter(site -> !site.isEmpty())
        .or(() -> Optional.of(fields.string(1)))
        .filter(site -> !site.isEmpty());
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    if (!MediaTypes.isJson(head)) {
      return new Parsed.Malformed(Code.UNSUPPORTED_TYPE, MediaTypes.KNOWN);
    }
    JsonScanner scanner = new JsonScanner(limits);
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.cursor() == body.to()) {
        return new Parsed.Malformed(Code.EMPTY_REQUEST, "the body is empty");
      }
      if (scanner.peek() != JsonKind.OBJECT) {
        scanner.skipValue();
        scanner.end();
        return new Parsed.Malformed(Code.BAD_REQUEST, "the body is {\"events\":[…]}");
      }
      return siteOf(head)
          .map(site -> parse(scanner, body, events(scanner, body, site, out)))
          .orElseGet(() -> parseForSiteInBody(scanner, body, out));
    } catch (JsonException e) {
      return JsonFaults.malformed(scanner, e);
    }
  }

  private EventsReader events(JsonScanner scanner, Bytes body, String site, Writers out) {
    return new EventsReader(scanner, body.array(), site, out.own(), eventsMax);
  }

  /// The events are read where they are met.
  private static Parsed parse(JsonScanner scanner, Bytes body, EventsReader events) {
    Fields fields = new Fields(NAMES);
    fields.read(scanner, body.array(), EVENTS, events::read);
    scanner.end();
    return fields.kind(EVENTS) == JsonKind.ARRAY ? events.result() : NO_EVENTS;
  }

  /// The site may stand behind the events that need it.
  private Parsed parseForSiteInBody(JsonScanner scanner, Bytes body, Writers out) {
    Fields fields = new Fields(NAMES);
    fields.read(scanner, body.array());
    scanner.end();
    if (fields.kind(EVENTS) != JsonKind.ARRAY) {
      return NO_EVENTS;
    }
    scanner.reset(body.array(), fields.start(EVENTS), fields.end(EVENTS));
    EventsReader events = events(scanner, body, siteOf(fields).orElse(""), out);
    events.read();
    return events.result();
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return Refusals.withDetail(code, reason, retryAfter);
  }
}

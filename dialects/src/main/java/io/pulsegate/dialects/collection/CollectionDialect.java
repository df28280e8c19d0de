package io.pulsegate.dialects.collection;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Credentials;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.DialectLimits;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Writers;
import io.pulsegate.dialects.common.JsonFaults;
import io.pulsegate.dialects.common.MediaTypes;
import io.pulsegate.dialects.common.Refusals;
import io.pulsegate.json.JsonException;
import io.pulsegate.json.JsonKind;
import io.pulsegate.json.JsonLimits;
import io.pulsegate.json.JsonNames;
import io.pulsegate.json.JsonScanner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The wire format of the Collection API: an object with a top-level `eventType`, which is how it
/// is told from Kaasino's, whose endpoint it shares. Its sender is the domain in `siteId`.
final class CollectionDialect implements Dialect {
  static final String NAME = "collection";

  private static final JsonNames MARK = JsonNames.of("eventType");
  private static final JsonNames SITE = JsonNames.of("siteId");
  private static final byte[] MARK_TEXT = "eventType".getBytes(StandardCharsets.US_ASCII);

  private final int eventsMax;
  private final JsonLimits limits;

  CollectionDialect(DialectLimits limits) {
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
  public boolean recognises(RequestHead head, Bytes body) {
    if (!mayHoldMark(body)) {
      return false;
    }
    JsonScanner scanner = new JsonScanner(limits);
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.peek() != JsonKind.OBJECT) {
        return false;
      }
      scanner.enterObject();
      while (scanner.nextField()) {
        if (scanner.fieldIn(MARK) == 0) {
          return true;
        }
      }
      return false;
    } catch (JsonException unreadable) {
      return false;
    }
  }

  /// Whether a closer look is worth it: most bodies of the other format hold neither the name nor
  /// an escape that could spell it.
  private static boolean mayHoldMark(Bytes body) {
    byte[] bytes = body.array();
    int last = MARK_TEXT.length - 1;
    for (int i = body.from(); i < body.to(); i++) {
      if (bytes[i] == '\\') {
        return true;
      }
      if (bytes[i] == 'T'
          && i - 5 >= body.from()
          && i + 3 < body.to()
          && bytes[i - 5] == MARK_TEXT[0]
          && bytes[i + 3] == MARK_TEXT[last]) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Optional<Sender> sender(RequestHead head) {
    return Credentials.of(head).map(Sender.Key::new);
  }

  /// Looks no further than to the site: what stands behind it is for [#parse] to judge.
  @Override
  public Sender sender(RequestHead head, Bytes body) {
    JsonScanner scanner = new JsonScanner(limits);
    try {
      scanner.reset(body.array(), body.from(), body.to());
      if (scanner.peek() != JsonKind.OBJECT) {
        return NOBODY;
      }
      scanner.enterObject();
      while (scanner.nextField()) {
        if (scanner.fieldIn(SITE) == 0) {
          return scanner.skipValue() == JsonKind.STRING ? domain(scanner.text()) : NOBODY;
        }
      }
      return NOBODY;
    } catch (JsonException unreadable) {
      return NOBODY; // parse says what is wrong
    }
  }

  private static Sender domain(String site) {
    return site.isEmpty() ? NOBODY : new Sender.Domain(site.toLowerCase(Locale.ROOT));
  }

  @Override
  public Parsed parse(RequestHead head, Bytes body, Writers out) {
    return MediaTypes.isJson(head)
        ? new CollectionReader(body, out.own(), eventsMax, new JsonScanner(limits)).read()
        : new Parsed.Malformed(Code.UNSUPPORTED_TYPE, MediaTypes.KNOWN);
  }

  @Override
  public Reply refuse(Code code, String reason, Duration retryAfter) {
    return Refusals.withDetail(code, reason, retryAfter);
  }
}

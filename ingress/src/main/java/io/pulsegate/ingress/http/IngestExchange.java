package io.pulsegate.ingress.http;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.EventBlock;
import io.pulsegate.api.EventWriter;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Reply;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;

/// A request that brings events: credential, limits, permit, body, inflating, parsing, intake,
/// reply, in this order; the first that fails answers.
///
/// The permit has one owner at a time, who closes it: the loop while the body comes in, then the
/// thread that parses, then intake's callback. So it is held as long as the bytes are, whether the
/// client stays or not.
final class IngestExchange extends Exchange {
  private static final int INLINE_BYTES_MAX = 65_536;
  private static final int INLINE_PACKED_BYTES_MAX = 16_384;
  private static final int INLINE_INFLATED_BYTES_MAX = 262_144;
  private static final int UNANNOUNCED_BYTES = 65_536;
  private static final Duration LATER = Duration.ofSeconds(1);
  private static final Parsed.Events NOTHING = new Parsed.Events(0, List.of());

  private final IngestDoor door;
  private final Route route;
  private final VertxHead head;
  private final BodyBuffer body = new BodyBuffer();
  private Optional<Tenant> tenant = Optional.empty();
  private Optional<Intake.Permit> permit = Optional.empty();
  private Encoding encoding = Encoding.IDENTITY;
  private long announcedBytes;
  private long permittedBytes;

  /// Of them, for the inflated body.
  private long inflatingBytes;

  IngestExchange(HttpServerRequest request, Peer peer, Route route, IngestDoor door) {
    super(request, peer, route);
    this.door = door;
    this.route = route;
    this.head = new VertxHead(request);
  }

  @Override
  void start() {
    route.entered();
    try {
      admit();
    } catch (RuntimeException | Error bug) {
      abandon();
      fault(bug);
    }
  }

  private void admit() {
    if (door.stopping()) {
      Outcome stopping =
          new Outcome.Unavailable(Code.STOPPING, LATER, "the server is shutting down");
      send(decided(NOTHING, stopping), true);
      return;
    }
    tenant = route.dialect().credential(head).flatMap(door.intake()::authenticate);
    if (tenant.isEmpty()) {
      refuseUnknown();
      return;
    }
    Optional<Encoding> packed = Encoding.of(head);
    announcedBytes = announcedBytes();
    if (packed.isEmpty()) {
      refuse(Code.UNSUPPORTED_ENCODING, "Content-Encoding is one of identity, gzip and zstd");
    } else if (isForm()) {
      refuse(Code.UNSUPPORTED_TYPE, "a multipart body is not taken");
    } else if (announcedBytes > door.limits().bodyBytesMax()) {
      refuse(Code.BODY_TOO_LARGE, tooLarge());
    } else {
      encoding = packed.get();
      takePermit(tenant.get());
    }
  }

  private void takePermit(Tenant known) {
    permittedBytes = announcedBytes >= 0 ? announcedBytes : UNANNOUNCED_BYTES;
    switch (door.intake().admit(known, permittedBytes)) {
      case Intake.Admission.Granted(Intake.Permit granted) -> {
        permit = Optional.of(granted);
        welcomeBody();
      }
      case Intake.Admission.Refused(Outcome outcome) -> send(decided(NOTHING, outcome));
    }
  }

  /// Unknown and wrong keys are told apart by nothing; only too many of them by the status.
  private void refuseUnknown() {
    if (door.allowsRefusal(peer().client())) {
      refuse(Code.UNAUTHENTICATED, Code.UNAUTHENTICATED.meaning());
    } else {
      Outcome flood =
          new Outcome.Throttled(
              LATER,
              "at most %d requests a second of one address may lack a valid credential"
                  .formatted(door.limits().refusalsPerSecondMax()));
      send(decided(NOTHING, flood), true);
    }
  }

  private boolean isForm() {
    return head.header("Content-Type")
        .filter(type -> type.regionMatches(true, 0, "multipart/", 0, 10))
        .isPresent();
  }

  private String tooLarge() {
    return "the body is larger than the limit of " + door.limits().bodyBytesMax() + " bytes";
  }

  @Override
  void body(Buffer part) {
    long bytes = (long) body.length() + part.length();
    if (bytes > door.limits().bodyBytesMax()) {
      abandon();
      send(Answers.of(route.dialect().refuse(Code.BODY_TOO_LARGE, tooLarge())), true);
    } else if (bytes > permittedBytes
        && !extend(Math.max(permittedBytes, bytes - permittedBytes))) {
      abandon();
      send(decided(NOTHING, noRoom()), true);
    } else {
      body.add(part, announcedBytes);
    }
  }

  private boolean extend(long bytes) {
    boolean extended = permit.isPresent() && permit.get().extend(bytes);
    if (extended) {
      permittedBytes += bytes;
    }
    return extended;
  }

  /// Why there was no more room, in intake's own words where it still has them.
  private Outcome noRoom() {
    return switch (door.intake().admit(tenant.orElseThrow(), permittedBytes)) {
      case Intake.Admission.Refused(Outcome outcome) -> outcome;
      case Intake.Admission.Granted(Intake.Permit unused) -> {
        unused.close();
        yield new Outcome.Throttled(
            LATER, "no room for more than %d bytes of this request".formatted(permittedBytes));
      }
    };
  }

  @Override
  void complete() {
    if (body.length()
        > (encoding == Encoding.IDENTITY ? INLINE_BYTES_MAX : INLINE_PACKED_BYTES_MAX)) {
      door.workers().execute(() -> parse(false));
    } else {
      parse(true);
    }
  }

  /// On the loop (`inline`) or on a worker.
  private void parse(boolean inline) {
    int limit = door.limits().inflatedBytesMax();
    int bytesMax = inline ? Math.min(INLINE_INFLATED_BYTES_MAX, limit) : limit;
    var bounds = new InflateBuffer.Bounds(bytesMax, door.limits().inflatedRatioMax(), inflating());
    try {
      switch (Unpacker.unpack(encoding, body.bytes(), bounds)) {
        case Inflated.Whole(Bytes plain) -> read(plain, inline);
        case Inflated.TooLarge(String reason) -> {
          if (bytesMax < limit) {
            door.workers().execute(() -> parse(false));
          } else {
            give(inline, route.dialect().refuse(Code.BODY_TOO_LARGE, reason));
          }
        }
        case Inflated.Damaged(String reason) ->
            give(inline, route.dialect().refuse(Code.BAD_ENCODING, reason));
        case Inflated.NoRoom() -> {
          abandon();
          Answer answer = decided(NOTHING, noRoom());
          onLoop(inline, () -> send(answer));
        }
      }
    } catch (RuntimeException | Error bug) {
      abandon();
      onLoop(inline, () -> fault(bug));
    }
  }

  /// Room for what one try inflates; what an earlier try took is not taken again.
  private IntPredicate inflating() {
    var inflated = new AtomicLong();
    return bytes -> {
      long missing = inflated.addAndGet(bytes) - inflatingBytes;
      if (missing > 0 && !extend(missing)) {
        return false;
      }
      inflatingBytes += Math.max(missing, 0);
      return true;
    };
  }

  private void read(Bytes plain, boolean inline) {
    Tenant known = tenant.orElseThrow();
    EventWriter writer =
        door.intake().writer(known, Source.HTTP, route.dialect().name(), plain.length());
    switch (route.dialect().parse(head, plain, writer)) {
      case Parsed.Malformed(Code code, String reason) ->
          give(inline, route.dialect().refuse(code, reason));
      case Parsed.Events events -> {
        List<EventBlock> blocks = writer.finish();
        if (blocks.isEmpty()) {
          Outcome none = new Outcome.Accepted(known.durability(), 0, List.of(), List.of(), 0, -1);
          give(inline, route.dialect().reply(head, events, none));
        } else {
          door.intake().accept(known, blocks, outcome -> handOn(events, outcome));
        }
      }
    }
  }

  /// On the log's thread or the one that parsed.
  private void handOn(Parsed.Events events, Outcome outcome) {
    abandon();
    peer().loop().post(() -> conclude(events, outcome));
  }

  private void conclude(Parsed.Events events, Outcome outcome) {
    try {
      send(decided(events, outcome));
    } catch (RuntimeException | Error bug) {
      fault(bug);
    }
  }

  private Answer decided(Parsed.Events events, Outcome outcome) {
    return Answers.of(route.dialect().reply(head, events, outcome));
  }

  private void refuse(Code code, String reason) {
    send(Answers.of(route.dialect().refuse(code, reason)));
  }

  private void give(boolean inline, Reply reply) {
    abandon();
    onLoop(inline, () -> send(Answers.of(reply)));
  }

  private void onLoop(boolean inline, Runnable task) {
    if (inline) {
      task.run();
    } else {
      peer().loop().post(task);
    }
  }

  private void fault(Throwable bug) {
    route.log().bug(head, route.dialect().name(), bug);
    send(Answers.internal());
  }

  @Override
  void abandon() {
    permit.ifPresent(Intake.Permit::close);
    permit = Optional.empty();
  }

  @Override
  Answer refusal(Code code, String message) {
    return Answers.of(route.dialect().refuse(code, message));
  }
}

package io.pulsegate.ingress.http;

import io.pulsegate.api.Acceptor;
import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Dialect.Parsed;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Intake;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Served;
import io.pulsegate.api.Source;
import io.pulsegate.api.Tenant;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/// A request that brings events: sender, limits, permit, body, inflating, parsing, dead letters,
/// intake, reply, in this order; the first that fails answers. Where only the body names the
/// sender, the body is read on the account of the dialect's host.
///
/// The account of its bytes has one owner at a time, who closes it: the loop while the body comes
/// in, then the thread that parses, then intake's callback. So room is held as long as the bytes
/// are, whether the client stays or not.
final class IngestExchange extends Exchange {
  private static final int INLINE_BYTES_MAX = 65_536;
  private static final int INLINE_PACKED_BYTES_MAX = 16_384;
  private static final int INLINE_INFLATED_BYTES_MAX = 262_144;
  private static final int UNANNOUNCED_BYTES = 65_536;
  private static final Duration LATER = Duration.ofSeconds(1);

  private final IngestDoor door;
  private final Endpoint endpoint;
  private final Cors cors;
  private final VertxHead head;
  private final BodyBuffer body = new BodyBuffer();
  private Route route;
  private boolean entered;
  private Optional<Identity.Known> known = Optional.empty();
  private Optional<ByteAccount> account = Optional.empty();
  private Encoding encoding = Encoding.IDENTITY;
  private long announcedBytes;

  IngestExchange(
      HttpServerRequest request, Peer peer, Endpoint endpoint, Cors cors, IngestDoor door) {
    super(request, peer, endpoint.first());
    this.door = door;
    this.endpoint = endpoint;
    this.cors = cors;
    this.route = endpoint.first();
    this.head = new VertxHead(request);
  }

  @Override
  void start() {
    if (!endpoint.isShared()) {
      enter(endpoint.first());
    }
    try {
      admit();
    } catch (RuntimeException | Error bug) {
      abandon();
      fault(bug);
    }
  }

  /// Counts the request, once it is known where it belongs.
  private void enter(Route settled) {
    if (!entered) {
      entered = true;
      route = settled;
      recordTo(settled);
      settled.entered();
    }
  }

  @Override
  Map<String, String> headersOfAnyReply() {
    enter(route);
    return cors.headers(head.header("Origin"));
  }

  private void admit() {
    if (door.stopping()) {
      send(
          denied(new Outcome.Unavailable(Code.STOPPING, LATER, "the server is shutting down")),
          true);
      return;
    }
    Optional<Sender> sender = endpoint.sender(head);
    if (sender.isEmpty()) {
      checkBody(door.doorkeeper().host(route.dialect().name()));
      return;
    }
    // What a head names is known at once.
    switch (door.doorkeeper().identify(route.dialect().name(), sender.get()).join()) {
      case Identity.Known sure -> {
        known = Optional.of(sure);
        checkBody(sure.tenant());
      }
      case Identity.Unknown() -> {
        Answer answer = unknown();
        send(answer, answer.status() == Code.THROTTLED.status());
      }
      case Identity.Refused(Code code, String reason, Duration retryAfter) ->
          send(Answers.of(route.dialect().refuse(code, reason, retryAfter)));
    }
  }

  private void checkBody(Tenant tenant) {
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
      takePermit(tenant);
    }
  }

  private void takePermit(Tenant tenant) {
    long bytes = announcedBytes >= 0 ? announcedBytes : UNANNOUNCED_BYTES;
    switch (door.intake().admit(tenant, bytes)) {
      case Intake.Admission.Granted(Intake.Permit granted) -> {
        account = Optional.of(new ByteAccount(door.intake(), tenant, granted, bytes));
        welcomeBody();
      }
      case Intake.Admission.Refused(Outcome.Denied outcome) -> send(denied(outcome));
    }
  }

  /// Unknown and wrong keys are told apart by nothing; only too many of them by the status.
  private Answer unknown() {
    return door.allowsRefusal(peer().client())
        ? refusal(Code.UNAUTHENTICATED, Code.UNAUTHENTICATED.meaning())
        : denied(
            new Outcome.Throttled(
                LATER,
                "at most %d requests a second of one address may lack a valid credential"
                    .formatted(door.limits().refusalsPerSecondMax())));
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
      send(refusal(Code.BODY_TOO_LARGE, tooLarge()), true);
    } else if (!account.orElseThrow().growTo(bytes)) {
      abandon();
      send(denied(account.orElseThrow().noRoom()), true);
    } else {
      body.add(part, announcedBytes);
    }
  }

  @Override
  void complete() {
    if (body.length()
        > (encoding == Encoding.IDENTITY ? INLINE_BYTES_MAX : INLINE_PACKED_BYTES_MAX)) {
      onWorker(() -> parse(false));
    } else {
      guarded(true, () -> parse(true));
    }
  }

  /// On the loop (`inline`) or on a worker.
  private void parse(boolean inline) {
    int limit = door.limits().inflatedBytesMax();
    int bytesMax = inline ? Math.min(INLINE_INFLATED_BYTES_MAX, limit) : limit;
    var room = account.orElseThrow();
    var bounds =
        new InflateBuffer.Bounds(bytesMax, door.limits().inflatedRatioMax(), room.inflating());
    switch (Unpacker.unpack(encoding, body.bytes(), bounds)) {
      case Inflated.Whole(Bytes plain) -> read(plain, inline);
      case Inflated.TooLarge(String reason) -> {
        if (bytesMax < limit) {
          onWorker(() -> parse(false));
        } else {
          give(inline, refusal(Code.BODY_TOO_LARGE, reason));
        }
      }
      case Inflated.Damaged(String reason) -> give(inline, refusal(Code.BAD_ENCODING, reason));
      case Inflated.NoRoom() -> give(inline, denied(room.noRoom()));
    }
  }

  private void read(Bytes plain, boolean inline) {
    enter(endpoint.of(head, plain));
    if (known.isPresent()) {
      read(known.get(), plain, inline);
      return;
    }
    Sender sender = route.dialect().sender(head, plain);
    var asked = door.doorkeeper().identify(route.dialect().name(), sender);
    if (asked.isDone()) {
      identified(asked.join(), plain, inline);
    } else {
      var _ =
          asked.thenAcceptAsync(
              identity -> guarded(false, () -> identified(identity, plain, false)), door.workers());
    }
  }

  private void identified(Identity identity, Bytes plain, boolean inline) {
    switch (identity) {
      case Identity.Known sure -> read(sure, plain, inline);
      case Identity.Unknown() -> give(inline, unknown());
      case Identity.Refused(Code code, String reason, Duration retryAfter) ->
          give(inline, Answers.of(route.dialect().refuse(code, reason, retryAfter)));
    }
  }

  private void read(Identity.Known sender, Bytes plain, boolean inline) {
    Dialect dialect = route.dialect();
    var writers = new RequestWriters(door.intake(), sender, dialect.name(), plain.length());
    switch (dialect.parse(head, plain, writers)) {
      case Parsed.Malformed(Code code, String reason) -> give(inline, refusal(code, reason));
      case Parsed.Events events -> {
        List<RequestWriters.Share> shares = writers.finish();
        if (events.discarded().isEmpty()) {
          handOver(sender, events, shares, inline);
        } else {
          discard(sender, events, shares);
        }
      }
    }
  }

  /// What was turned away is durable before anything is answered; it goes first, as keeping it
  /// twice does no harm.
  private void discard(
      Identity.Known sender, Parsed.Events events, List<RequestWriters.Share> shares) {
    List<Discarded> redacted =
        events.discarded().stream()
            .map(event ->
                new Discarded(
                    event.eventId(),
                    event.eventType(),
                    sender
                        .redaction()
                        .apply(sender.tenant())
                        .map(rule -> rule.apply(event.payload()))
                        .orElse(event.payload()),
                    event.refusal()))
            .toList();
    door.doorkeeper()
        .keep(
            sender.tenant(),
            Source.HTTP,
            route.dialect().name(),
            redacted,
            // The doorkeeper's thread is no place for a dialect's code and for intake's.
            trouble -> onWorker(() -> kept(trouble, sender, events, shares)));
  }

  private void kept(
      Optional<String> trouble,
      Identity.Known sender,
      Parsed.Events events,
      List<RequestWriters.Share> shares) {
    if (trouble.isPresent()) {
      give(false, denied(new Outcome.Unavailable(Code.UNAVAILABLE, LATER, trouble.get())));
    } else {
      handOver(sender, events, shares, false);
    }
  }

  private void handOver(
      Identity.Known sender,
      Parsed.Events events,
      List<RequestWriters.Share> shares,
      boolean inline) {
    Tenant tenant = sender.tenant();
    Acceptor intake = sender.buffer().orElse(door.intake());
    switch (shares.size()) {
      case 0 -> {
        Outcome none = new Outcome.Accepted(tenant.durability(), 0, List.of(), List.of(), 0, -1);
        give(inline, decided(events, tenant, none));
      }
      case 1 -> {
        RequestWriters.Share all = shares.getFirst();
        intake.accept(all.tenant(), all.blocks(), outcome -> handOn(events, tenant, outcome));
      }
      default -> {
        var whole = new SharedOutcome(shares, outcome -> handOn(events, tenant, outcome));
        for (int i = 0; i < shares.size(); i++) {
          int share = i;
          intake.accept(
              shares.get(i).tenant(),
              shares.get(i).blocks(),
              outcome -> whole.settle(share, outcome));
        }
      }
    }
  }

  /// On the log's thread or the one that parsed.
  private void handOn(Parsed.Events events, Tenant tenant, Outcome outcome) {
    abandon();
    peer().loop().post(() -> conclude(events, tenant, outcome));
  }

  private void conclude(Parsed.Events events, Tenant tenant, Outcome outcome) {
    try {
      send(decided(events, tenant, outcome));
    } catch (RuntimeException | Error bug) {
      fault(bug);
    }
  }

  private Answer decided(Parsed.Events events, Tenant tenant, Outcome outcome) {
    var served =
        new Served(
            tenant,
            door.clock().instant(),
            Duration.ofNanos(elapsedNanos()),
            key -> door.doorkeeper().partitionOf(tenant, key));
    return Answers.of(events.answer().to(outcome, served));
  }

  private Answer denied(Outcome.Denied outcome) {
    return Answers.of(
        route.dialect().refuse(outcome.code(), outcome.reason(), outcome.retryAfter()));
  }

  private void refuse(Code code, String reason) {
    send(refusal(code, reason));
  }

  private void give(boolean inline, Answer answer) {
    abandon();
    onLoop(inline, () -> send(answer));
  }

  /// Goes on with the request on a worker.
  private void onWorker(Runnable step) {
    try {
      door.workers().execute(() -> guarded(false, step));
    } catch (RejectedExecutionException closed) {
      // The listener has been closed, and the connection with it.
      abandon();
    }
  }

  /// A step of the request; a bug in it is the answer.
  private void guarded(boolean inline, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error bug) {
      abandon();
      onLoop(inline, () -> fault(bug));
    }
  }

  private void onLoop(boolean inline, Runnable task) {
    if (inline) {
      task.run();
    } else {
      peer().loop().post(task);
    }
  }

  private void fault(Throwable bug) {
    route.log().bug(this, route.dialect().name(), bug);
    send(Answers.internal());
  }

  @Override
  void abandon() {
    account.ifPresent(ByteAccount::close);
  }

  @Override
  Answer refusal(Code code, String message) {
    return Answers.of(route.dialect().refuse(code, message, Duration.ZERO));
  }
}

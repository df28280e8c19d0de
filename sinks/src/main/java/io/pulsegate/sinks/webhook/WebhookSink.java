package io.pulsegate.sinks.webhook;

import io.pulsegate.api.Batch;
import io.pulsegate.api.Replayable;
import io.pulsegate.api.Sink;
import io.pulsegate.api.SinkContext;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.sinks.local.SyncedFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Posts events to one endpoint: at least once, with an id per message by which the endpoint can
/// tell a repeated one.
///
/// A message is repeated where its outcome is not known (no reply in time), and after a crash of
/// ours, then by at most one batch.
public final class WebhookSink implements Sink, Replayable {
  /// Below the time limit of a write, so that what was sent is told rather than forgotten.
  private static final Duration WRITE_MAX = Duration.ofSeconds(50);

  private static final int GONE = 410;

  private final WebhookConfig config;
  private final SinkContext context;
  private final AddressGuard.Resolver resolver;
  private final InstantSource clock;
  private final HttpPost post;
  private final Patience patience;
  private final Tried tried = new Tried();

  WebhookSink(WebhookConfig config, SinkContext context, AddressGuard.Resolver resolver) {
    this.config = config;
    this.context = context;
    this.resolver = resolver;
    this.clock = context.clock();
    this.post =
        new HttpPost(
            context.name(),
            config.target(),
            new AddressGuard(config.privateAllowed()),
            resolver,
            config.tls(),
            config.limits());
    this.patience =
        new Patience(
            context.name(),
            config.pauseAfter(),
            new SyncedFile(SyncedFile.folderOf(context), "failing-since"),
            clock);
  }

  /// The endpoint tells repeated messages by their id.
  @Override
  public Set<Present> replays() {
    return Set.of(Present.AGAIN);
  }

  @Override
  public WebhookSink replay(String name, Present present) {
    return new WebhookSink(config, context.named(name), resolver);
  }

  @Override
  public WriteResult write(Batch batch) throws InterruptedException {
    tried.committed(batch.cursor().from());
    Optional<Unavailable> refusal = patience.refusal();
    if (refusal.isPresent()) {
      return refusal.get();
    }
    List<LaneDelivery> lanes =
        batch.slices().stream().map(slice -> new LaneDelivery(slice, tried)).toList();
    long deadline = System.nanoTime() + WRITE_MAX.minus(config.limits().whole()).toNanos();
    return new Round(lanes, config, this::send, tried, deadline).run(config.inFlight());
  }

  private Verdict send(Message message) throws InterruptedException {
    Instant now = clock.instant();
    byte[] body = message.body(config.isArray());
    Verdict verdict;
    try {
      HttpReply reply = post.post(headers(message.id(), now, body), body);
      if (reply.status() == GONE) {
        return new Verdict.Failed(patience.gone());
      }
      verdict = Verdict.of(reply, now);
    } catch (HttpPost.ForbiddenAddressException e) {
      verdict =
          failed(Cause.MISCONFIGURED, "the endpoint may not be connected to: " + e.getMessage());
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the write was interrupted");
      }
      verdict = failed(Cause.OUTAGE, "the endpoint cannot be reached: " + e.getMessage());
    }
    return noted(verdict);
  }

  private Verdict noted(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Taken taken -> {
        patience.succeeded();
        yield taken;
      }
      case Verdict.Failed failed -> {
        patience.failed();
        yield new Verdict.Failed(patience.refusal().orElse(failed.unavailable()));
      }
      case Verdict.Refused refused -> refused;
    };
  }

  private Map<String, String> headers(String id, Instant now, byte[] body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", "PulseGate");
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    headers.put("webhook-signature", config.signer().sign(id, now.getEpochSecond(), body));
    config.authorization().ifPresent(value -> headers.put("Authorization", value));
    return headers;
  }

  private static Verdict failed(Cause cause, String reason) {
    return new Verdict.Failed(new Unavailable(cause, reason, Optional.empty()));
  }

  @Override
  public void close() {
    post.close();
  }
}

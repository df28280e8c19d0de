package io.pulsegate.sinks.webhook;

import io.pulsegate.api.ComponentSpec;
import io.pulsegate.api.Setting;
import io.pulsegate.api.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;

/// Settings of the webhook sink.
///
/// @param batchEventsMax events in one request
/// @param batchBytesMax bytes of payloads in one request; a single event may be larger
/// @param isArray whether a request holds an array, also of one event
/// @param inFlight requests at once
/// @param ordered whether one tenant's events go one request after another
/// @param privateAllowed whether the endpoint may be on a private network or this machine
/// @param pauseAfter how long an endpoint may fail before it is left alone
/// @param authorization the header of that name
/// @param tls trusts the platform's certificates or those of `ca_file`
record WebhookConfig(
    HttpTarget target,
    Signer signer,
    int batchEventsMax,
    long batchBytesMax,
    boolean isArray,
    int inFlight,
    boolean ordered,
    HttpPost.Limits limits,
    boolean privateAllowed,
    Duration pauseAfter,
    Optional<String> authorization,
    SSLSocketFactory tls) {
  static final Setting<URI> URL =
      Setting.uri("url", "Where events are POSTed: an http or https address.").asSecret();
  static final Setting<String> SECRET =
      Setting.string(
              "secret",
              "Signs the requests: whsec_ and 24 to 64 bytes in base64. Several, separated by"
                  + " blanks, while one is replaced.")
          .asSecret();
  static final Setting<Shape> BODY =
      Setting.choice("body", Shape.class, "One event as an object, or several as an array.")
          .orElse("batch");
  static final Setting<Integer> BATCH_EVENTS =
      Setting.integer("batch_events", 1, 10_000, "Most events in one request.").orElse("100");
  static final Setting<Long> BATCH_BYTES =
      Setting.size(
              "batch_bytes", "About the most bytes in one request; a single event may be larger.")
          .orElse("1MiB");
  static final Setting<Integer> IN_FLIGHT =
      Setting.integer("in_flight", 1, 256, "Requests at once.").orElse("8");
  static final Setting<Boolean> ORDERED =
      Setting.bool(
              "ordered",
              "Whether a tenant's events are sent one request after another, in order. Otherwise"
                  + " all requests in flight may be one tenant's.")
          .orElse("true");
  static final Setting<Duration> CONNECT_TIMEOUT =
      Setting.duration(
              "connect_timeout",
              "Longest lookup of the name, longest connecting, longest TLS handshake; at most 10s.")
          .orElse("5s");
  static final Setting<Duration> REPLY_TIMEOUT =
      Setting.duration("reply_timeout", "Longest wait for a reply; at most 30s.").orElse("10s");
  static final Setting<Duration> REQUEST_TIMEOUT =
      Setting.duration("request_timeout", "Longest sending and waiting together; at most 30s.")
          .orElse("20s");
  static final Setting<Boolean> ALLOW_PRIVATE =
      Setting.bool(
              "allow_private_networks",
              "Whether the endpoint may be on this machine or a private network. Link-local"
                  + " addresses, where clouds serve credentials, are refused all the same.")
          .orElse("false");
  static final Setting<Duration> PAUSE_AFTER =
      Setting.duration(
              "pause_after",
              "How long an endpoint may fail before the sink is paused with an alarm; it is then"
                  + " tried once an hour.")
          .orElse("2d");
  static final Setting<String> AUTHORIZATION =
      Setting.string("authorization", "Value of the header Authorization.").asSecret().asOptional();
  static final Setting<String> CA_FILE =
      Setting.string(
              "ca_file", "File with the certificates to trust, in PEM, instead of the platform's.")
          .asOptional();

  static final ComponentSpec<WebhookConfig> SPEC =
      new ComponentSpec<>(
          "webhook",
          "Posts events to an HTTP endpoint, signed as Standard Webhooks says; at least once.",
          List.of(
              URL,
              SECRET,
              BODY,
              BATCH_EVENTS,
              BATCH_BYTES,
              IN_FLIGHT,
              ORDERED,
              CONNECT_TIMEOUT,
              REPLY_TIMEOUT,
              REQUEST_TIMEOUT,
              ALLOW_PRIVATE,
              PAUSE_AFTER,
              AUTHORIZATION,
              CA_FILE),
          WebhookConfig::read);

  static final int REPLY_BYTES_MAX = 64 << 10;
  private static final Duration PHASE_MAX = Duration.ofSeconds(30);
  private static final Duration CONNECT_MAX = Duration.ofSeconds(10);

  /// What a request holds.
  enum Shape {
    SINGLE,
    BATCH
  }

  private static WebhookConfig read(Settings settings) {
    boolean single = settings.get(BODY) == Shape.SINGLE;
    int inFlight = settings.get(IN_FLIGHT);
    var limits =
        new HttpPost.Limits(
            bounded(settings, CONNECT_TIMEOUT, CONNECT_MAX),
            bounded(settings, REPLY_TIMEOUT, PHASE_MAX),
            bounded(settings, REQUEST_TIMEOUT, PHASE_MAX),
            REPLY_BYTES_MAX,
            inFlight);
    return new WebhookConfig(
        named(URL, settings.get(URL), HttpTarget::of),
        named(SECRET, settings.get(SECRET), Signer::of),
        single ? 1 : settings.get(BATCH_EVENTS),
        settings.get(BATCH_BYTES),
        !single,
        inFlight,
        settings.get(ORDERED),
        limits,
        settings.get(ALLOW_PRIVATE),
        bounded(settings, PAUSE_AFTER, Duration.ofDays(365)),
        settings
            .find(AUTHORIZATION)
            .map(it -> named(AUTHORIZATION, it, WebhookConfig::headerValue)),
        settings
            .find(CA_FILE)
            .map(file -> named(CA_FILE, Path.of(file), Trust::only))
            .orElseGet(Trust::platform));
  }

  WebhookConfig {
    var guard = new AddressGuard(privateAllowed);
    target
        .literal()
        .flatMap(guard::refusal)
        .ifPresent(why -> {
          throw new IllegalArgumentException("url " + why + "; see allow_private_networks");
        });
  }

  private static <T, R> R named(Setting<?> setting, T value, Function<T, R> reader) {
    try {
      return reader.apply(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting.name() + " " + e.getMessage(), e);
    }
  }

  private static Duration bounded(Settings settings, Setting<Duration> setting, Duration max) {
    Duration value = settings.get(setting);
    if (!value.isPositive() || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "%s is more than 0 and at most %s, was %s".formatted(setting.name(), max, value));
    }
    return value;
  }

  private static String headerValue(String text) {
    if (text.isEmpty() || !text.chars().allMatch(c -> c >= ' ' && c < 127)) {
      throw new IllegalArgumentException("is one line of ASCII characters");
    }
    return text;
  }
}

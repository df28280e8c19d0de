package io.pulsegate.sinks.webhook;

import io.pulsegate.api.Metrics;
import io.pulsegate.api.Settings;
import io.pulsegate.api.SinkContext;
import io.pulsegate.testkit.FakeClock;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Protocol;

/// A real HTTP server on loopback that plays the endpoint, and sinks that post to it.
final class Endpoint implements AutoCloseable {
  static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final Pattern EVENT =
      Pattern.compile(
          "\\{\"type\":\"(.*?)\",\"timestamp\":\".*?\",\"data\":(.*?),\"event_id\":\"(.*?)\","
              + "\"tenant_id\":\"(.*?)\",\"received_at\":\".*?\"(?:,\"trace_id\":\".*?\")?}");

  final FakeClock clock = FakeClock.atNoon();
  private final MockWebServer server = new MockWebServer();
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private volatile Script<MockResponse> script = request -> status(200);

  /// What the endpoint answers.
  @FunctionalInterface
  interface Script<T> {
    T answer(Received request) throws Exception;
  }

  /// A request, and what was answered.
  record Received(
      String id, String timestamp, String signature, String body, int status, int connection) {
    List<Sent> events() {
      List<Sent> events = new ArrayList<>();
      for (Matcher matcher = EVENT.matcher(body); matcher.find(); ) {
        events.add(
            new Sent(matcher.group(4), matcher.group(3), matcher.group(1), matcher.group(2)));
      }
      return events;
    }

    List<String> ids() {
      return events().stream().map(Sent::id).toList();
    }
  }

  /// One event as it arrived.
  record Sent(String tenant, String id, String type, String payload) {}

  Endpoint() throws IOException {
    this(Optional.empty());
  }

  Endpoint(Optional<SSLSocketFactory> tls) throws IOException {
    tls.ifPresent(factory -> {
      server.useHttps(factory);
      server.setProtocols(List.of(Protocol.HTTP_1_1));
    });
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request);
          }
        });
    server.start(InetAddress.getLoopbackAddress(), 0);
  }

  private MockResponse answer(RecordedRequest request) {
    var body = Optional.ofNullable(request.getBody()).map(bytes -> bytes.utf8()).orElse("");
    var seen =
        new Received(
            header(request, "webhook-id"),
            header(request, "webhook-timestamp"),
            header(request, "webhook-signature"),
            body,
            0,
            request.getConnectionIndex());
    MockResponse response;
    try {
      response = script.answer(seen);
    } catch (Exception e) {
      response = status(500);
    }
    String code = response.getStatus().split(" ", -1)[1];
    received.add(
        new Received(
            seen.id(),
            seen.timestamp(),
            seen.signature(),
            seen.body(),
            Integer.parseInt(code),
            seen.connection()));
    return response;
  }

  private static String header(RecordedRequest request, String name) {
    return Optional.ofNullable(request.getHeaders().get(name)).orElse("");
  }

  /// Answers with a status from now on.
  void answers(Script<Integer> with) {
    this.script = request -> status(with.answer(request));
  }

  /// Answers with more than a status from now on.
  void answersWith(Script<MockResponse> with) {
    this.script = with;
  }

  private static MockResponse status(int code) {
    return new MockResponse.Builder().code(code).build();
  }

  /// All requests so far, in the order of their answers.
  List<Received> received() {
    return received;
  }

  /// The events of requests that were answered with success.
  List<Sent> taken() {
    return received.stream()
        .filter(request -> request.status() / 100 == 2)
        .flatMap(request -> request.events().stream())
        .toList();
  }

  int port() {
    return server.getPort();
  }

  WebhookSink sink(Path folder, Map<String, String> settings) {
    return sink(folder, settings, AddressGuard.Resolver.SYSTEM);
  }

  WebhookSink sink(Path folder, Map<String, String> settings, AddressGuard.Resolver resolver) {
    var all =
        new HashMap<>(
            Map.of(
                "url",
                "http://127.0.0.1:" + port() + "/hook",
                "secret",
                SECRET,
                "allow_private_networks",
                "true"));
    all.putAll(settings);
    return new WebhookSink(
        WebhookConfig.SPEC.reader().apply(new Settings(all)),
        new SinkContext("test", folder, 1 << 20, clock, Metrics.NONE),
        resolver);
  }

  @Override
  public void close() {
    server.close();
  }
}

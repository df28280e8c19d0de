package io.pulsegate.sinks.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Batch;
import io.pulsegate.api.CursorKey;
import io.pulsegate.api.CursorRecord;
import io.pulsegate.api.WriteResult;
import io.pulsegate.api.WriteResult.Cause;
import io.pulsegate.api.WriteResult.Delivered;
import io.pulsegate.api.WriteResult.Unavailable;
import io.pulsegate.testkit.Batches;
import io.pulsegate.testkit.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import mockwebserver3.MockResponse;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The endpoint is somebody else's: it must not lead us into our own network, nor hold us up.
class WebhookSafetyTest {
  private static final Batch BATCH =
      Batches.of(
          new CursorKey("log-1", "hook", 0),
          CursorRecord.startingAt(0),
          Events.numbered("a", "e", 1));

  @TempDir Path folder;

  @Test
  void doesNotConnectWhereANameLeadsToAPrivateAddress() throws Exception {
    try (var endpoint = new Endpoint()) {
      var settings =
          Map.of(
              "url",
              "http://hook.example:" + endpoint.port() + "/",
              "allow_private_networks",
              "false");
      try (WebhookSink sink =
          endpoint.sink(folder, settings, host -> addresses("127.0.0.1", "::1", "10.0.0.1"))) {
        assertUnavailable(sink.write(BATCH), Cause.MISCONFIGURED, "loopback");
      }
      assertThat(endpoint.received()).isEmpty();
    }
  }

  @Test
  void looksAtTheAddressOfEveryConnection() throws Exception {
    try (var endpoint = new Endpoint()) {
      endpoint.answersWith(
          request -> new MockResponse.Builder().addHeader("Connection", "close").build());
      var lookups = new AtomicInteger();
      // A name that changes its mind: first an allowed address, then where credentials lie.
      AddressGuard.Resolver rebinding =
          host -> addresses(lookups.getAndIncrement() == 0 ? "127.0.0.1" : "169.254.169.254");
      var settings = Map.of("url", "http://hook.example:" + endpoint.port() + "/");
      try (WebhookSink sink = endpoint.sink(folder, settings, rebinding)) {
        assertThat(sink.write(BATCH)).isEqualTo(new Delivered());
        assertUnavailable(sink.write(BATCH), Cause.MISCONFIGURED, "link-local");
      }
      assertThat(lookups).hasValue(2);
      assertThat(endpoint.received()).hasSize(1);
    }
  }

  @Test
  void takesTheAllowedOneOfSeveralAddresses() throws Exception {
    try (var endpoint = new Endpoint()) {
      var settings = Map.of("url", "http://hook.example:" + endpoint.port() + "/");
      try (WebhookSink sink =
          endpoint.sink(folder, settings, host -> addresses("169.254.169.254", "127.0.0.1"))) {
        assertThat(sink.write(BATCH)).isEqualTo(new Delivered());
      }
    }
  }

  @Test
  void doesNotFollowARedirect() throws Exception {
    try (var endpoint = new Endpoint();
        var other = new Endpoint()) {
      endpoint.answersWith(request ->
          new MockResponse.Builder()
              .code(307)
              .addHeader("Location", "http://127.0.0.1:" + other.port() + "/")
              .build());
      try (WebhookSink sink = endpoint.sink(folder, Map.of())) {
        assertUnavailable(sink.write(BATCH), Cause.MISCONFIGURED, "307");
      }
      assertThat(other.received()).isEmpty();
    }
  }

  @Test
  void waitsForAReplyOnlySoLong() throws Exception {
    try (var silent = new RawServer("")) {
      assertUnavailable(
          post(silent, "http", Map.of("reply_timeout", "200ms")), Cause.OUTAGE, "no reply within");
    }
  }

  @Test
  void waitsForTheRestOfAHeadOnlySoLong() throws Exception {
    try (var slow = new RawServer("HTTP/1.1 200 OK\r\nX-A: b\r\n")) {
      assertUnavailable(
          post(slow, "http", Map.of("reply_timeout", "200ms")), Cause.OUTAGE, "no reply within");
    }
  }

  @Test
  void countsTheStatusThoughTheBodyNeverEnds() throws Exception {
    try (var endless = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")) {
      assertThat(post(endless, "http", Map.of("reply_timeout", "200ms")))
          .isEqualTo(new Delivered());
    }
  }

  @Test
  void waitsForTheHandshakeOnlySoLong() throws Exception {
    try (var silent = new RawServer("")) {
      assertUnavailable(
          post(silent, "https", Map.of("connect_timeout", "200ms")), Cause.OUTAGE, "handshake");
    }
  }

  @Test
  void sendsOnlySoLong() throws Exception {
    String large = "\"" + "x".repeat(1_000_000) + "\"";
    Events events = Events.of("a");
    for (int i = 0; i < 16; i++) {
      events.add("e-" + i, "t", large);
    }
    Batch batch =
        Batches.of(new CursorKey("log-1", "hook", 0), CursorRecord.startingAt(0), events.frame());
    try (var deaf = new RawServer("");
        var endpoint = new Endpoint();
        WebhookSink sink =
            endpoint.sink(
                folder,
                Map.of(
                    "url", deaf.url("http"), "request_timeout", "300ms", "batch_bytes", "64m"))) {
      assertUnavailable(sink.write(batch), Cause.OUTAGE, "no complete exchange");
    }
  }

  @Test
  void waitsForTheLookupOnlySoLong() throws Exception {
    var never = new CountDownLatch(1);
    AddressGuard.Resolver hanging =
        host -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return new InetAddress[0];
        };
    try (var endpoint = new Endpoint();
        WebhookSink sink =
            endpoint.sink(
                folder,
                Map.of("url", "http://hook.example/", "connect_timeout", "200ms"),
                hanging)) {
      assertUnavailable(sink.write(BATCH), Cause.OUTAGE, "no address of the host within");
    } finally {
      never.countDown();
    }
  }

  @Test
  void returnsWhenInterrupted() throws Exception {
    try (var silent = new RawServer("");
        var endpoint = new Endpoint();
        WebhookSink sink = endpoint.sink(folder, Map.of("url", silent.url("http")))) {
      var outcome = new AtomicReference<Object>();
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  outcome.set(sink.write(BATCH));
                } catch (InterruptedException e) {
                  outcome.set(e);
                }
              });
      assertThat(silent.connected.await(10, TimeUnit.SECONDS)).isTrue();
      writer.interrupt();
      writer.join();

      assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void takesOnlyACertificateOfTheHostsName() throws Exception {
    var held = new HeldCertificate.Builder().addSubjectAlternativeName("hook.example").build();
    var server = new HandshakeCertificates.Builder().heldCertificate(held).build();
    Path ca = folder.resolve("ca.pem");
    Files.writeString(ca, held.certificatePem());
    AddressGuard.Resolver local = host -> addresses("127.0.0.1");
    try (var endpoint = new Endpoint(Optional.of(server.sslSocketFactory()))) {
      String port = ":" + endpoint.port() + "/";
      for (String wrong : List.of("other.example", "127.0.0.1")) {
        var settings = Map.of("url", "https://" + wrong + port, "ca_file", ca.toString());
        try (WebhookSink sink = endpoint.sink(folder, settings, local)) {
          assertUnavailable(sink.write(BATCH), Cause.OUTAGE, "cannot be reached");
        }
      }
      try (WebhookSink sink =
          endpoint.sink(folder, Map.of("url", "https://hook.example" + port), local)) {
        assertUnavailable(sink.write(BATCH), Cause.OUTAGE, "cannot be reached");
      }
      assertThat(endpoint.received()).isEmpty();

      var settings = Map.of("url", "https://hook.example" + port, "ca_file", ca.toString());
      try (WebhookSink sink = endpoint.sink(folder, settings, local)) {
        assertThat(sink.write(BATCH)).isEqualTo(new Delivered());
      }
    }
  }

  private WriteResult post(RawServer server, String scheme, Map<String, String> settings)
      throws Exception {
    var all = new java.util.HashMap<>(settings);
    all.put("url", server.url(scheme));
    try (var endpoint = new Endpoint();
        WebhookSink sink = endpoint.sink(folder, all)) {
      return sink.write(BATCH);
    }
  }

  private static InetAddress[] addresses(String... texts) {
    return List.of(texts).stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
  }

  private static void assertUnavailable(WriteResult result, Cause cause, String word) {
    assertThat(result)
        .isInstanceOfSatisfying(
            Unavailable.class,
            it -> {
              assertThat(it.cause()).isEqualTo(cause);
              assertThat(it.reason()).contains(word);
            });
  }

  /// Takes connections, sends what it was told to, and then nothing; reads nothing either.
  private static final class RawServer implements AutoCloseable {
    final CountDownLatch connected = new CountDownLatch(1);
    private final ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final List<Socket> open = new java.util.concurrent.CopyOnWriteArrayList<>();

    RawServer(String reply) throws IOException {
      Thread.ofVirtual()
          .start(() -> {
            try {
              while (true) {
                Socket client = socket.accept();
                open.add(client);
                client.getOutputStream().write(reply.getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                connected.countDown();
              }
            } catch (IOException closed) {
              connected.countDown();
            }
          });
    }

    String url(String scheme) {
      return scheme + "://127.0.0.1:" + socket.getLocalPort() + "/";
    }

    @Override
    public void close() throws IOException {
      socket.close();
      for (Socket each : open) {
        each.close();
      }
    }
  }
}

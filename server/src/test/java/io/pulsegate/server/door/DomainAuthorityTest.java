package io.pulsegate.server.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.EventWriter.HashKey;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Metrics;
import io.pulsegate.api.TenantId;
import io.pulsegate.core.Privacy;
import io.pulsegate.server.config.DialectsConfig.Attribution;
import io.pulsegate.server.config.DialectsConfig.Domain;
import io.pulsegate.server.config.DialectsConfig.Lookup;
import io.pulsegate.server.config.TenantDocuments;
import io.pulsegate.server.state.AuditLog;
import io.pulsegate.server.state.StateStore;
import io.pulsegate.server.state.TenantRows;
import io.pulsegate.server.systems.CollectionLog;
import io.pulsegate.server.tenants.BookCopy;
import io.pulsegate.server.tenants.TenantDirectory;
import io.pulsegate.server.tenants.TenantVault;
import io.pulsegate.testkit.FakeClock;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Domain authorisation against a real HTTP service that is well, slow, wrong, down, flapping and
/// hostile.
class DomainAuthorityTest {
  /// What the service does with a request.
  @FunctionalInterface
  private interface Behaviour {
    void answer(HttpExchange exchange) throws IOException;
  }

  private final FakeClock clock = new FakeClock(Instant.parse("2025-07-11T12:00:00Z"));
  private final AtomicInteger asked = new AtomicInteger();
  private final List<String> paths = new CopyOnWriteArrayList<>();
  @TempDir Path folder;
  private StateStore store;
  private TenantDirectory tenants;
  private final CountDownLatch gate = new CountDownLatch(1);
  private volatile Behaviour behaviour = json(200, "{\"client_id\":\"acme\",\"privacy\":\"gdpr\"}");
  private HttpServer service;
  private AuditTrail audit;
  private Domains domains;

  @BeforeEach
  void start() throws IOException {
    service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    service.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    service.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          paths.add(exchange.getRequestURI().toString());
          try (exchange) {
            behaviour.answer(exchange);
          }
        });
    service.start();
    store = StateStore.open(folder.resolve("state.db"));
    tenants =
        TenantDirectory.open(
            new TenantVault(new TenantRows(store), new NoCopy()),
            new TenantDocuments(List.of()),
            new SplittableRandom(1),
            clock,
            List.of());
    audit = new AuditTrail(new AuditLog(store), clock);
    domains = new Domains(attributionOf(1_000), parts());
  }

  @AfterEach
  void stop() {
    gate.countDown();
    domains.close();
    audit.close();
    service.stop(0);
    store.close();
  }

  private static Behaviour json(int status, String body) {
    return exchange -> {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /// Waits for the gate first.
  private Behaviour gated(Behaviour then) {
    return exchange -> {
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      then.answer(exchange);
    };
  }

  private Identity identify(String domain) throws Exception {
    return domains.identify(domain).get(30, TimeUnit.SECONDS);
  }

  private String clientOf(String domain) throws Exception {
    return identify(domain) instanceof Identity.Known known ? known.tenant().id().value() : "none";
  }

  private Optional<Code> codeOf(String domain) throws Exception {
    return identify(domain) instanceof Identity.Refused refused
        ? Optional.of(refused.code())
        : Optional.empty();
  }

  @Test
  void asksOnceAndRemembersForItsTime() throws Exception {
    assertThat(clientOf("shop.acme.com")).isEqualTo("acme");
    assertThat(paths).containsExactly("/api/v1/config/domain/shop.acme.com");
    assertThat(domains.identify("shop.acme.com").isDone()).isTrue();
    assertThat(clientOf("shop.acme.com.")).isEqualTo("acme");
    assertThat(asked.get()).isEqualTo(1);
    clock.advance(Duration.ofMinutes(6));
    assertThat(clientOf("shop.acme.com")).isEqualTo("acme");
    assertThat(asked.get()).isEqualTo(2);
    assertThat(isTenant("acme")).isTrue();
  }

  @Test
  void asksTheTableFirst() throws Exception {
    assertThat(clientOf("table.example")).isEqualTo("listed");
    assertThat(asked.get()).isZero();
  }

  @Test
  void letsOneLookupServeAllWhoWait() throws Exception {
    behaviour = gated(behaviour);
    List<CompletableFuture<Identity>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(domains.identify("shop.acme.com"));
    }
    gate.countDown();
    for (var one : waiting) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(Identity.Known.class);
    }
    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void boundsTheLookupsUnderWay() throws Exception {
    behaviour = gated(json(404, ""));
    List<CompletableFuture<Identity>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(domains.identify("d" + i + ".example"));
    }
    gate.countDown();
    for (var one : all) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isInstanceOf(Identity.Refused.class);
    }
    assertThat(asked.get()).isLessThanOrEqualTo(64);
  }

  @Test
  void remembersARefusalBriefly() throws Exception {
    behaviour = json(404, "{}");
    assertThat(codeOf("evil.example")).hasValue(Code.FORBIDDEN);
    assertThat(codeOf("evil.example")).hasValue(Code.FORBIDDEN);
    assertThat(asked.get()).isEqualTo(1);
    behaviour = json(200, "{\"client_id\":\"acme\"}");
    clock.advance(Duration.ofSeconds(31));
    assertThat(clientOf("evil.example")).isEqualTo("acme");
  }

  @Test
  void keepsAnAnswerWhileTheServiceIsDownAndThenSaysToComeAgain() throws Exception {
    assertThat(clientOf("shop.acme.com")).isEqualTo("acme");
    behaviour = json(500, "oops");
    clock.advance(Duration.ofMinutes(30));
    assertThat(clientOf("shop.acme.com")).as("stale").isEqualTo("acme");
    assertThat(domains.trouble()).isPresent();
    int before = asked.get();
    assertThat(clientOf("shop.acme.com")).isEqualTo("acme");
    assertThat(asked.get()).as("a failing service is asked once a second").isEqualTo(before);
    clock.advance(Duration.ofMinutes(40));
    assertThat(codeOf("shop.acme.com")).as("too stale").hasValue(Code.UNAVAILABLE);
    assertThat(codeOf("new.example")).hasValue(Code.UNAVAILABLE);
    behaviour = json(200, "{\"client_id\":\"acme\"}");
    clock.advance(Duration.ofSeconds(2));
    assertThat(clientOf("shop.acme.com")).as("flapped back").isEqualTo("acme");
    assertThat(domains.trouble()).isEmpty();
  }

  @Test
  void doesNotWaitForAServiceThatNeverEndsItsAnswer() throws Exception {
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write(' ');
          exchange.getResponseBody().flush();
          gated(any -> {}).answer(exchange);
        };
    assertThat(codeOf("slow.example")).hasValue(Code.UNAVAILABLE);
  }

  @Test
  void followsNoRedirectAndReadsNoHugeBody() throws Exception {
    behaviour =
        exchange -> {
          exchange
              .getResponseHeaders()
              .add("Location", "http://127.0.0.1:" + service.getAddress().getPort() + "/elsewhere");
          exchange.sendResponseHeaders(302, -1);
        };
    assertThat(codeOf("redirected.example")).hasValue(Code.UNAVAILABLE);
    assertThat(paths).noneMatch(path -> path.contains("elsewhere"));
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write("{\"client_id\":\"acme\",\"pad\":\"".getBytes(StandardCharsets.UTF_8));
            out.write("x".repeat(200_000).getBytes(StandardCharsets.UTF_8));
            out.write("\"}".getBytes(StandardCharsets.UTF_8));
          }
        };
    assertThat(codeOf("huge.example")).hasValue(Code.UNAVAILABLE);
  }

  /// A level that this PulseGate does not know is more likely a stricter one than none.
  @Test
  void takesALevelItDoesNotKnowForTheStrictest() throws Exception {
    assertThat(stored("gdpr")).contains("ada@lovelace.example");
    assertThat(stored("hipaa")).contains("redacted").doesNotContain("ada");
    assertThat(stored("ccpa")).contains("redacted").doesNotContain("ada");
    assertThat(stored("standard")).contains("ada@lovelace.example");
  }

  /// What may be stored of a payload under a level of the service.
  private String stored(String level) throws Exception {
    behaviour = json(200, "{\"client_id\":\"%1$s-client\",\"privacy\":\"%1$s\"}".formatted(level));
    Bytes payload =
        Bytes.of("{\"note\":\"mail ada@lovelace.example\"}".getBytes(StandardCharsets.UTF_8));
    var known = (Identity.Known) identify(level + ".example");
    return known
        .redaction()
        .apply(known.tenant())
        .map(rule -> rule.apply(payload))
        .orElse(payload)
        .toString();
  }

  /// The connection ends long before the answer does.
  @Test
  void readsNoMoreOfAnAnswerThanItMay() throws Exception {
    var cutShort = new CountDownLatch(1);
    behaviour =
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] pad = new byte[1 << 20];
          Arrays.fill(pad, (byte) ' ');
          try {
            for (int mib = 0; mib < 16; mib++) {
              exchange.getResponseBody().write(pad);
            }
          } catch (IOException closed) {
            cutShort.countDown();
          }
        };
    assertThat(codeOf("endless.example")).hasValue(Code.UNAVAILABLE);
    assertThat(cutShort.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "[]",
        "{}",
        "{\"client_id\":7}",
        "{\"client_id\":\"\"}",
        "{\"client_id\":\"../../etc\"}",
        "{\"client_id\":\"acme\"} trailing"
      })
  void takesNonsenseForAFailureAndNotForAnAnswer(String body) throws Exception {
    behaviour = json(200, body);
    assertThat(codeOf("odd.example")).hasValue(Code.UNAVAILABLE);
    assertThat(isTenant("acme")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a/../b", "a?x=1", "a#b", "a b", "..", "a..b", "-", "%2e", "a\r\nb", "@host", "ä"})
  void putsNothingButADomainIntoARequest(String domain) throws Exception {
    assertThat(codeOf(domain)).hasValue(Code.FORBIDDEN);
    assertThat(asked.get()).isZero();
  }

  @Test
  void takesInNoMoreClientsThanItMay() throws Exception {
    domains.close();
    domains = new Domains(attributionOf(2), parts());
    behaviour =
        exchange -> json(200, "{\"client_id\":\"c%d\"}".formatted(asked.get())).answer(exchange);
    assertThat(clientOf("a.example")).isEqualTo("c1");
    assertThat(codeOf("b.example")).hasValue(Code.UNAVAILABLE);
    assertThat(domains.trouble().orElse("")).contains("clients_max");
    assertThat(tenants.registry().current().byName("c1").orElseThrow().terms().weight())
        .as("of the template")
        .isEqualTo(3);
  }

  private Attribution attributionOf(int clientsMax) {
    var lookup =
        new Lookup(
            URI.create("http://127.0.0.1:" + service.getAddress().getPort()),
            "client_id",
            "privacy",
            Duration.ofSeconds(2),
            Duration.ofMinutes(5),
            Duration.ofHours(1),
            Duration.ofSeconds(30),
            clientsMax);
    var listed = new Domain(new TenantId("listed"), Privacy.STANDARD);
    return new Attribution(Map.of("table.example", listed), Optional.of(lookup), "{\"weight\":3}");
  }

  /// Nobody restores the tenants of this test.
  private static final class NoCopy implements BookCopy {
    @Override
    public Optional<byte[]> read() {
      return Optional.empty();
    }

    @Override
    public void write(byte[] content) {}
  }

  private boolean isTenant(String id) {
    return tenants.registry().current().byId(new TenantId(id)).isPresent();
  }

  private Domains.Parts parts() {
    return new Domains.Parts(
        tenants, new HashKey(1, 2), audit, new CollectionLog(), Metrics.NONE, clock);
  }

  @Test
  void writesEveryDecisionDown() throws Exception {
    assertThat(clientOf("shop.acme.com")).isEqualTo("acme");
    behaviour = json(403, "");
    assertThat(codeOf("evil.example")).hasValue(Code.FORBIDDEN);
    behaviour = json(500, "");
    assertThat(codeOf("late.example")).hasValue(Code.UNAVAILABLE);
    audit.close();
    assertThat(new AuditLog(store).newest("", 100))
        .extracting(change -> change.subject() + " " + change.action() + " " + change.tenant())
        .contains(
            "shop.acme.com domain.authorized acme",
            " tenant.create acme",
            "evil.example domain.refused ",
            "late.example domain.unavailable ");
  }
}

package io.pulsegate.ingress.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Code;
import io.pulsegate.api.Dialect;
import io.pulsegate.api.Discarded;
import io.pulsegate.api.EventDraft;
import io.pulsegate.api.Identity;
import io.pulsegate.api.Outcome;
import io.pulsegate.api.Refusal;
import io.pulsegate.api.Reply;
import io.pulsegate.api.RequestHead;
import io.pulsegate.api.Sender;
import io.pulsegate.api.Writers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two wire formats at one endpoint, senders that only the body names, browsers, and events that
/// are kept though they were turned away.
class SharedEndpointTest {
  /// Lines of `tenant event`; the first line is the site. Events that begin with `bad` are refused
  /// and kept. A request of the event `bad bug` alone makes its answer throw.
  private record WordDialect(String name, char mark) implements Dialect {
    @Override
    public List<Endpoint> endpoints() {
      return List.of(new Endpoint("POST", "/shared"));
    }

    @Override
    public boolean recognises(RequestHead head, Bytes body) {
      return body.length() > 0 && body.array()[body.from()] == mark;
    }

    @Override
    public Sender sender(RequestHead head, Bytes body) {
      String first = body.toString().lines().findFirst().orElse("").substring(1);
      return new Sender.Site(first, head.header("Origin"));
    }

    @Override
    public Parsed parse(RequestHead head, Bytes body, Writers out) {
      EventDraft draft = new EventDraft();
      List<Refusal> refusals = new ArrayList<>();
      List<Discarded> discarded = new ArrayList<>();
      List<String> lines = body.toString().lines().skip(1).toList();
      for (int i = 0; i < lines.size(); i++) {
        String[] words = lines.get(i).split(" ", 2);
        Bytes text = Bytes.of(words[1]);
        if (words[1].startsWith("bad")) {
          Refusal refusal = new Refusal(i, Code.INVALID_FIELD, "bad");
          refusals.add(refusal);
          discarded.add(new Discarded("id", "type", text, refusal));
          continue;
        }
        draft.begin(text.array(), 0, text.length());
        draft.type("word".getBytes(StandardCharsets.US_ASCII), 0, 4);
        out.named(words[0]).orElse(out.own()).add(draft, i);
      }
      return new Parsed.Events(
          lines.size(),
          refusals,
          discarded,
          (outcome, served) -> {
            if (lines.equals(List.of("x bad bug"))) {
              throw new IllegalStateException("a bug in the answer");
            }
            return outcome instanceof Outcome.Accepted accepted
                ? Reply.json(
                    200,
                    Bytes.of(
                        "%s %s %d %s"
                            .formatted(
                                name,
                                served.tenant().id(),
                                accepted.accepted(),
                                accepted.duplicates())))
                : Reply.json(503, Bytes.of("denied"));
          });
    }

    @Override
    public Reply refuse(Code code, String reason, Duration retryAfter) {
      return Reply.json(code.status(), Bytes.of(name + " " + code.text()));
    }
  }

  private final FakeIntake intake = new FakeIntake();
  private final FakeDoorkeeper doorkeeper = new FakeDoorkeeper();
  private final CountingMetrics metrics = new CountingMetrics();
  private final HttpIngress ingress =
      HttpIngress.start(
          Fixture.CONFIG,
          intake,
          doorkeeper,
          List.of(new WordDialect("first", '1'), new WordDialect("second", '2')),
          Pages.NONE,
          metrics,
          InstantSource.system());
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    ingress.close();
    assertThat(intake.permitsClosed.get()).isEqualTo(intake.permitsGranted.get());
  }

  private HttpRequest.Builder request() {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ingress.port() + "/shared"));
  }

  private HttpResponse<String> post(String body, String... headers) throws Exception {
    var request =
        request().timeout(Duration.ofSeconds(20)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void givesABodyToTheFirstThatRecognisesItAndElseToTheLast() throws Exception {
    assertThat(post("1shop\nx a").body()).isEqualTo("first shop 1 []");
    assertThat(post("2shop\nx a").body()).isEqualTo("second shop 1 []");
    assertThat(post("3shop\nx a").body()).isEqualTo("second shop 1 []");
    assertThat(metrics.count(HttpMetric.INGEST_REQUESTS, "first")).isEqualTo(1);
    assertThat(metrics.count(HttpMetric.INGEST_REQUESTS, "second")).isEqualTo(2);
  }

  @Test
  void refusesASenderThatTheBodyNamesAndNobodyKnows() throws Exception {
    HttpResponse<String> response = post("1stranger\nx a");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("first unauthenticated");
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void waitsForASenderThatHasToBeLookedUp() throws Exception {
    var reply =
        client.sendAsync(
            request().POST(HttpRequest.BodyPublishers.ofString("1slow\nx a")).build(),
            HttpResponse.BodyHandlers.ofString());
    while (intake.permitsGranted.get() == 0) {
      Thread.onSpinWait();
    }
    assertThat(reply.isDone()).isFalse();
    doorkeeper.slow.complete(FakeDoorkeeper.known("late"));
    assertThat(reply.get().body()).isEqualTo("first late 1 []");

    assertThat(post("1slow\nx a").body()).isEqualTo("first late 1 []");
  }

  @Test
  void passesOnWhyALookedUpSenderIsNotLetIn() throws Exception {
    doorkeeper.slow.complete(new Identity.Refused(Code.FORBIDDEN, "no such domain", Duration.ZERO));
    assertThat(post("1slow\nx a").statusCode()).isEqualTo(403);
    assertThat(intake.payloads).isEmpty();
  }

  @Test
  void splitsARequestByTenantAndPutsTheOutcomesTogether() throws Exception {
    intake.holding = true;
    var reply =
        client.sendAsync(
            request()
                .POST(HttpRequest.BodyPublishers.ofString("1shop\nx a\nt1 b\nx c\nt1 d"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    FakeIntake.Held own = intake.nextHeld();
    FakeIntake.Held other = intake.nextHeld();
    assertThat(own.payloads()).containsExactly("a", "c");
    assertThat(other.payloads()).containsExactly("b", "d");
    own.accept();
    assertThat(reply.isDone()).isFalse();
    other
        .done()
        .accept(
            new Outcome.Accepted(io.pulsegate.api.Durability.DISK, 1, List.of(1), List.of(), 0, 0));
    assertThat(reply.get().body())
        .as("d, the last one, is the duplicate")
        .isEqualTo("first shop 3 [3]");
  }

  @Test
  void deniesARequestOfWhichOneTenantIsDenied() throws Exception {
    intake.holding = true;
    var reply =
        client.sendAsync(
            request().POST(HttpRequest.BodyPublishers.ofString("1shop\nx a\nt1 b")).build(),
            HttpResponse.BodyHandlers.ofString());
    intake.nextHeld().accept();
    intake.nextHeld().done().accept(new Outcome.Throttled(Duration.ofSeconds(1), "quota"));
    assertThat(reply.get().statusCode()).isEqualTo(503);
  }

  @Test
  void keepsWhatIsTurnedAwayBeforeItAnswersAndTakesNothingWhereItCannot() throws Exception {
    assertThat(post("1shop\nx good\nx bad one").body()).isEqualTo("first shop 1 []");
    assertThat(doorkeeper.kept).containsExactly("bad one");
    doorkeeper.keepingFails = Optional.of("the store is broken");
    assertThat(post("1shop\nx good\nx bad two").statusCode()).isEqualTo(503);
    assertThat(intake.payloads).containsExactly("good");
  }

  @Test
  void answersABugBehindTheKeepingOfRefusedEventsAndSparesTheKeepersThread() throws Exception {
    var troubles = new LinkedBlockingQueue<Throwable>();
    doorkeeper.telling =
        task ->
            Thread.ofPlatform().uncaughtExceptionHandler((_, bug) -> troubles.add(bug)).start(task);
    HttpResponse<String> response = post("1shop\nx bad bug");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(troubles).isEmpty();
    assertThat(post("1shop\nx bad two").body()).isEqualTo("first shop 0 []");
  }

  @Test
  void answersBrowsersByTheUnionOfOrigins() throws Exception {
    HttpResponse<String> allowed = preflight("https://shop.example");
    assertThat(allowed.statusCode()).isEqualTo(204);
    assertThat(header(allowed, "Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
    assertThat(header(allowed, "Access-Control-Allow-Methods")).isEqualTo("POST, OPTIONS");
    assertThat(header(allowed, "Vary")).isEqualTo("Origin");
    for (String other :
        List.of(
            "https://shop.example.evil", "http://shop.example", "null", "https://SHOP.example")) {
      HttpResponse<String> refused = preflight(other);
      assertThat(refused.statusCode()).as(other).isEqualTo(403);
      assertThat(header(refused, "Access-Control-Allow-Origin")).as(other).isEmpty();
      assertThat(header(refused, "Vary")).as(other).isEqualTo("Origin");
    }
  }

  @Test
  void namesTheOriginInEveryReplyErrorsIncluded() throws Exception {
    for (String body : List.of("1shop\nx a", "1stranger\nx a")) {
      HttpResponse<String> response = post(body, "Origin", "https://shop.example");
      assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
      assertThat(header(response, "Access-Control-Allow-Credentials")).isEmpty();
    }
    HttpResponse<String> plain = post("1shop\nx a");
    assertThat(header(plain, "Access-Control-Allow-Origin")).isEmpty();
    assertThat(header(plain, "Vary")).isEqualTo("Origin");
  }

  private HttpResponse<String> preflight(String origin) throws Exception {
    return client.send(
        request()
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .headers("Origin", origin, "Access-Control-Request-Method", "POST")
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String header(HttpResponse<?> response, String name) {
    return String.join(
        ",",
        response.headers().map().getOrDefault(name.toLowerCase(java.util.Locale.ROOT), List.of()));
  }
}

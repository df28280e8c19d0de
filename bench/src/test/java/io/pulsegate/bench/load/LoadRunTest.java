package io.pulsegate.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadRunTest {
  private static final Pattern ID = Pattern.compile("\"event_id\":\"([^\"]*)\"");
  private static final int BATCH = 5;

  @TempDir Path folder;
  private HttpServer server;
  private final List<List<String>> received = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void sendsEveryEventOnceAndRecordsIt() throws Exception {
    answer((exchange, ids) -> reply(exchange, 200, accepted(ids.size(), 0, "")));
    var result = run(plan(100, false));
    assertThat(result.accepted()).isEqualTo(100);
    assertThat(result.requests()).isEqualTo(20);
    assertThat(result.isComplete()).isTrue();
    assertThat(new HashSet<>(recorded())).hasSize(100).isEqualTo(allReceived());
  }

  @Test
  void sendsTheSameIdsAgainAfterARefusalAndALostConnection() throws Exception {
    var count = new AtomicInteger();
    answer((exchange, ids) -> {
      switch (count.getAndIncrement()) {
        case 0 -> {
          exchange.getResponseHeaders().add("Retry-After", "0");
          reply(exchange, 503, "{\"error\":{\"code\":\"unavailable\"}}");
        }
        case 1 -> exchange.close();
        default -> reply(exchange, 200, accepted(ids.size() - 1, 1, ""));
      }
    });
    var result = run(plan(BATCH, true));
    assertThat(received).hasSize(3);
    assertThat(received.get(1)).isEqualTo(received.get(0));
    assertThat(received.get(2)).isEqualTo(received.get(0));
    assertThat(recorded()).containsExactlyElementsOf(received.getFirst());
    assertThat(result.accepted() + result.duplicates()).isEqualTo(BATCH);
    assertThat(result.errors()).containsEntry("503 unavailable", 1L).hasSize(2);
    assertThat(result.isComplete()).isTrue();
  }

  @Test
  void recordsNothingOfWhatWasRefusedOrLeftUnanswered() throws Exception {
    var count = new AtomicInteger();
    answer((exchange, ids) -> {
      switch (count.getAndIncrement()) {
        case 0 ->
            reply(
                exchange,
                200,
                accepted(4, 0, "{\"index\":2,\"code\":\"too_deep\",\"reason\":\"\"}"));
        case 1 -> reply(exchange, 500, "{}");
        default -> reply(exchange, 401, "{\"error\":{\"code\":\"unauthenticated\"}}");
      }
    });
    var result = run(plan(3 * BATCH, false));
    var expected = new ArrayList<>(received.getFirst());
    expected.remove(2);
    assertThat(recorded()).containsExactlyElementsOf(expected);
    assertThat(result.errors())
        .containsEntry("422 too_deep", 1L)
        .containsEntry("500", 1L)
        .containsEntry("401 unauthenticated", 1L);
    assertThat(result.turnedAway()).isEqualTo(BATCH);
    assertThat(result.unacknowledged()).isZero();
    assertThat(result.isKeyRefused()).isTrue();
    assertThat(result.isComplete()).isFalse();
  }

  @Test
  void countsFromTheIntendedTimeInAnOpenLoop() throws Exception {
    answer((exchange, ids) -> reply(exchange, 200, accepted(ids.size(), 0, "")));
    var result = run(plan(50, false).atRate(50_000));
    assertThat(result.requests()).isEqualTo(10);
    assertThat(result.latency().getTotalCount()).isEqualTo(10);
    assertThat(result.latency().getMaxValue()).isGreaterThan(result.service().getMinValue());
  }

  private LoadResult run(LoadPlan plan) throws IOException, InterruptedException {
    try (var acks = new AckRecord(folder.resolve("acks"))) {
      return new LoadRun(plan, Optional.of(acks), any -> {}).run();
    }
  }

  private LoadPlan plan(long events, boolean retry) {
    return new LoadPlan(
        Target.of("http://127.0.0.1:" + server.getAddress().getPort(), "demo"),
        new Payload(EventShape.SMALL, BATCH, false, 0, 7),
        0,
        1,
        1,
        events,
        Duration.ofSeconds(60),
        retry,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10));
  }

  private interface Answer {
    void to(HttpExchange exchange, List<String> ids) throws IOException;
  }

  private void answer(Answer answer) {
    server.createContext(
        "/v1/events",
        exchange -> {
          var body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          var ids = ID.matcher(body).results().map(match -> match.group(1)).toList();
          received.add(ids);
          answer.to(exchange, ids);
        });
  }

  private static String accepted(int accepted, int duplicates, String rejected) {
    return "{\"accepted\":%d,\"duplicates\":%d,\"rejected\":[%s],\"durability\":\"disk\"}"
        .formatted(accepted, duplicates, rejected);
  }

  private static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private List<String> recorded() throws IOException {
    return Files.readAllLines(folder.resolve("acks"));
  }

  private Set<String> allReceived() {
    var all = new HashSet<String>();
    received.forEach(all::addAll);
    return all;
  }
}

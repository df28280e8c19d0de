package io.pulsegate.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.pulsegate.api.Bytes;
import io.pulsegate.api.Queryable;
import io.pulsegate.api.RequestHead;
import io.pulsegate.ingress.http.PageReply;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SqlEndpointsTest {
  private static final RequestHead NO_HEAD =
      new RequestHead() {
        @Override
        public String method() {
          return "POST";
        }

        @Override
        public String path() {
          return "/sql";
        }

        @Override
        public Optional<String> header(String name) {
          return Optional.empty();
        }

        @Override
        public int headerCount(String name) {
          return 0;
        }

        @Override
        public Optional<String> parameter(String name) {
          return Optional.empty();
        }
      };

  /// Takes as long as nobody stops it.
  private static final class Endless implements Queryable {
    private final CountDownLatch begun = new CountDownLatch(1);

    @Override
    public Answer query(String sql, int rowsMax, Duration timeout) throws InterruptedException {
      begun.countDown();
      boolean _ = new CountDownLatch(1).await(30, TimeUnit.SECONDS);
      return new Answer.Failed("nobody stopped it");
    }
  }

  private final Endless sink = new Endless();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  private PageReply ask() throws Exception {
    Endpoint endpoint = new SqlEndpoints(Map.of("duckdb", sink)).all().getFirst();
    return endpoint
        .handler()
        .reply(
            new Endpoint.Call(
                new Caller.Operator(),
                Map.of(),
                NO_HEAD,
                Bytes.of("{\"sql\":\"select 1\"}"),
                gone));
  }

  @Test
  void stopsTheQueryWhenTheClientHasGone() throws Exception {
    var leaves =
        Thread.ofPlatform()
            .start(() -> {
              try {
                sink.begun.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              gone.complete(null);
            });

    PageReply reply = ask();

    leaves.join();
    assertThat(reply.status()).isEqualTo(422);
    assertThat(reply.body().toString()).contains("the client has gone");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void doesNotBeginWhereTheClientHasGoneAlready() throws Exception {
    gone.complete(null);

    assertThat(ask().body().toString()).contains("the client has gone");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
